-- Numbers that vary, shown as what they are: a histogram over many runs, with
-- the compiler, its flags and the cores of the machine that ran them.

local book = require 'book'
local captures = require 'captures'
local chart = require 'chart'
local histogram = require 'histogram'
local schedules = require 'schedules'
local runs = {}

local MOST = 500

local USAGE = 'write "<!-- runs: PROGRAM count=N value=WORD -- ARGS -->", N '
  .. 'from 2 to 500, at=-O2 for each choice of flags; the number before WORD '
  .. 'is taken, or before the second word of LINE:WORD'

--- Do the words before "--" make sense?
local function check(page, args, at)
  local count, value, right = 0, false, true
  for i = 2, #args do
    local key, its = args[i]:match('^(%l+)=(.+)$')
    if args[i] == '--' then
      break
    elseif key == 'count' then
      count = tonumber(its) or 0
    elseif key == 'value' then
      value = true
    else
      right = right and key == 'at' or args[i]:match('^%-[DU]') ~= nil
    end
  end
  right = right and value and count >= 2 and count <= MOST
  if not right then
    book.fault(at.file, at.line, USAGE)
    return false
  end
  return schedules.has_source(page, args[1], at, USAGE)
end

--- "least 3, median 7, most 9", or the only number there is.
local function spread(numbers, key)
  local sorted = table.move(numbers, 1, #numbers, 1, {})
  table.sort(sorted)
  local least, most = sorted[1], sorted[#sorted]
  local unit = key:match('[^:]*$')
  if least == most then
    return ('always %s %s'):format(histogram.words(least), unit)
  end
  local median = sorted[(#sorted + 1) // 2]
  return ('%s to %s %s, median %s'):format(histogram.words(least),
    histogram.words(most), unit, histogram.words(median))
end

--- What a panel is called: the flags and the value, where there are several.
local function label(run, s, v)
  local words = {}
  words[1] = (#run.series > 1 or s.at ~= '') and s.at or nil
  if #s.values > 1 then
    words[#words + 1] = v.key:gsub(':', ': ')
  end
  return #words > 0 and table.concat(words, ' ') or v.key:match('[^:]*$')
end

--- A panel for each value of each series.
local function panels(run)
  local out = {}
  for _, s in ipairs(run.series) do
    for i, v in ipairs(s.values) do
      local says = spread(v.numbers, v.key)
      if s.failed > 0 and i == 1 then
        says = ('%d of %d runs failed; '):format(s.failed, run.count) .. says
      elseif i == 1 and #s.values == 1 then
        says = ('no run of %d failed; '):format(run.count) .. says
      end
      out[#out + 1] = { label = label(run, s, v), says = says,
                        numbers = v.numbers }
    end
  end
  return out
end

--- A row for each bin that is not empty in all series.
local function as_table(title, series, axis)
  local heads, rows = { 'from', 'to below' }, {}
  for _, s in ipairs(series) do
    heads[#heads + 1] = s.label
  end
  for i = 1, axis.count do
    local cells, any = {}, false
    for k, s in ipairs(series) do
      cells[k + 2] = s.bins[i] > 0 and ('%d'):format(s.bins[i]) or ''
      any = any or s.bins[i] > 0
    end
    cells[1] = histogram.words((axis.first + i - 1) * axis.bin)
    cells[2] = histogram.words((axis.first + i) * axis.bin)
    rows[#rows + 1] = any and cells or nil
  end
  return chart.table(title, heads, rows)
end

-- The figure ----------------------------------------------------------------

--- What a reader types for one of the runs.
local function command_of(page, args)
  local out = { 'run', page.id:sub(1, 2), args[1] }
  local rest = false
  for i = 2, #args do
    out[#out + 1] = rest and args[i] or nil
    rest = rest or args[i] == '--'
  end
  return table.concat(out, ' ')
end

--- <!-- runs: bad count=40 at=-O0 at=-O2 value=counted -- 10 1000000 -->
function runs.figure(page, args, at, caption)
  if not check(page, args, at) then
    return nil
  end
  local run = captures.json(page, { 'runs', table.unpack(args) }, at)
  if not run then
    return nil
  end
  local series, title = panels(run), ('%d runs of %s.c'):format(run.count,
                                                                args[1])
  local svg, axis = histogram.draw(title, series)
  local where = ('%d runs each · %s %s · %d %s'):format(run.count,
    run.compiler, run.flags, run.cores, run.cores == 1 and 'core' or 'cores')
  return chart.figure { caption = caption or title,
    where = book.escape(where), told = {},
    panels = { { svg = svg, label = '<code>./workbook '
                 .. book.escape(command_of(page, args)) .. '</code>' } },
    tables = { as_table(title, series, axis) } }
end

return runs
