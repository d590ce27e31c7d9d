-- <!-- lanes: bad good -- 8 -->: what the threads, coroutines and children of
-- programs did when, from the traces of their runs, on one scale of time.

local book = require 'book'
local captures = require 'captures'
local chart = require 'chart'
local gantt = require 'gantt'
local traces = require 'traces'
local lanes = {}

local LANES_MAX, LANES_SHOWN = 16, 6
local LEFT_MIN, CHAR = 60, 6.6
local MAGNIFY = 0.3 -- a run that is shorter, of the longest
local RIGHT = 686

local USAGE = 'write "<!-- lanes: PROGRAM... -->", then but=LANE for one that '
  .. 'is not to be drawn, exit=N, "--" and arguments; PROGRAM is bad, good or '
  .. 'another of the chapter'
local CAPTION = 'a chart needs a caption: put a paragraph above it that is '
  .. 'only a link, "[What it shows](good.c)"'

--- Split "bad good but=server exit=1 -- 8".
local function split(args)
  local w = { programs = {}, but = {}, arguments = {} }
  local into = w.programs
  for _, word in ipairs(args) do
    local but = word:match('^but=([%w_]+)$')
    local status = word:match('^exit=(%d+)$')
    if into == w.arguments then
      into[#into + 1] = word
    elseif word == '--' then
      into = w.arguments
    elseif but then
      w.but[#w.but + 1] = but
    elseif status then
      w.exit = tonumber(status)
    else
      into[#into + 1] = word
    end
  end
  return w
end

-- One run --------------------------------------------------------------------

--- Why a program that ended so makes no chart; nil if it does. Only a program
--- that is not good may fail, and then by the verdict it gives itself.
local function wrong_end(program, capture, status)
  local failed = capture.exit ~= (status or 0)
  if failed and (status or program == 'good' or not capture.verdict) then
    return ('ended with status %d, not %d: mend the program, or write '
      .. 'exit=%d if the text agrees. It says: %s'):format(capture.exit,
      status or 0, capture.exit, capture.verdict or
      capture.text:match('[^\n]*'))
  end
end

local function names(its)
  local out = {}
  for i, lane in ipairs(its) do
    out[i] = lane.name
  end
  return table.concat(out, '\n')
end

--- The capture of a program's trace and its lanes; nil after a fault.
local function read(page, program, w, at)
  local command = { 'run', program, '--trace' }
  table.move(w.arguments, 1, #w.arguments, #command + 1, command)
  local capture = captures.read(page, command, at)
  if not capture then
    return nil
  end
  local its, lost = traces.read(capture.text)
  local why = wrong_end(program, capture, w.exit)
  if not why and not its then
    why = 'left no trace: it must take --trace FILE, and end by itself'
  end
  if why then
    captures.refuse(capture, why)
    return nil
  end
  captures.check(capture, names(its) .. (capture.verdict or ''))
  return { program = program, all = its, lost = lost,
           verdict = capture.verdict }
end

--- Is a lane of that name left out? "serve" leaves out "serve 7" as well.
local function is_out(lane, but)
  for _, word in ipairs(but) do
    if lane.name == word or lane.name:match('^(.-) ?%d*$') == word then
      return true
    end
  end
end

--- Choose the lanes that are drawn; those without one are only counted.
local function choose(run, but)
  run.lanes, run.rest, run.out = {}, {}, {}
  for _, lane in ipairs(run.all) do
    table.insert(is_out(lane, but) and run.out or run.lanes, lane)
  end
  if #run.lanes > LANES_MAX then
    run.rest = table.move(run.lanes, LANES_SHOWN + 1, #run.lanes, 1, {})
    run.lanes = table.move(run.lanes, 1, LANES_SHOWN, 1, {})
  end
  for _, lane in ipairs(run.lanes) do
    traces.replay(lane)
  end
  run.start, run.stop = math.huge, 0
  for _, list in ipairs { run.lanes, run.rest } do
    for _, lane in ipairs(list) do
      run.start = math.min(run.start, lane.from)
      run.stop = math.max(run.stop, lane.to)
    end
  end
end

-- The figure -----------------------------------------------------------------

--- One scale for all: the longest run, and the longest name of a lane. A run
--- that would be too short to see anything is magnified, which is drawn.
local function measure(runs)
  local time, left = 0, LEFT_MIN
  for _, run in ipairs(runs) do
    time = math.max(time, run.stop - run.start)
    for _, lane in ipairs(run.lanes) do
      left = math.max(left, 22 + CHAR * book.width(lane.name))
    end
    left = #run.rest > 0 and math.max(left, 110) or left
  end
  for _, run in ipairs(runs) do
    local its = run.stop - run.start
    run.most_time = its < MAGNIFY * time and its or time
    run.scale_time, run.left, run.right = time, left, RIGHT
  end
end

local function command_of(page, run, w)
  local words = { './workbook run', page.id:sub(1, 2), run.program }
  table.move(w.arguments, 1, #w.arguments, #words + 1, words)
  return table.concat(words, ' ')
end

local function notes(page, runs, w)
  local out, names = {}, {}
  for _, run in ipairs(runs) do
    for _, lane in ipairs(run.out) do
      if not names[lane.name] then
        names[lane.name] = true
        names[#names + 1] = lane.name
      end
    end
    if run.lost then
      out[#out + 1] = ('<p class="note">The trace of %s is not whole: %s.</p>')
        :format(run.program, book.escape(run.lost))
    end
  end
  out[#out + 1] = ('<p class="note">%sOne run, as it was; yours takes other '
    .. 'times: <code>%s --trace FILE</code></p>'):format(#names > 0 and
    'Not drawn: ' .. book.escape(table.concat(names, ', ')) .. '. ' or '',
    book.escape(command_of(page, runs[#runs], w)))
  return out
end

local function figure(page, runs, w, caption)
  local panels, tables = {}, {}
  measure(runs)
  for i, run in ipairs(runs) do
    local title = ('%s.c: %s'):format(run.program, chart.plain(caption))
    panels[i] = { label = '<code>' .. run.program .. '.c</code>' }
    panels[i].svg, tables[i] = gantt.draw(run, title)
  end
  return chart.figure { class = 'lanes', caption = caption,
                        where = 'drawn from the run',
                        panels = panels, told = notes(page, runs, w),
                        tables = tables }
end

--- The figure as HTML; nil after a fault.
function lanes.html(page, args, at, caption)
  local w, runs = split(args), {}
  if not caption then
    book.fault(at.file, at.line, CAPTION)
    return nil
  end
  for _, program in ipairs(w.programs) do
    if not program:match('^[%l%d_]+$') or
       not book.read(book.resolve(page.file, program .. '.c')) then
      book.fault(at.file, at.line, USAGE)
      return nil
    end
    runs[#runs + 1] = read(page, program, w, at)
  end
  if #w.programs == 0 then
    book.fault(at.file, at.line, USAGE)
  end
  if #runs < #w.programs or #runs == 0 then
    return nil
  end
  for _, run in ipairs(runs) do
    choose(run, w.but)
    if #run.lanes == 0 then
      book.fault(at.file, at.line, 'but= leaves out every lane of ' ..
                 run.program .. ': leave one in')
      return nil
    end
  end
  return figure(page, runs, w, caption)
end

return lanes
