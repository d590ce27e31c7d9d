-- What an exploration shows: a failing schedule as a figure, or to be played.

local book = require 'book'
local captures = require 'captures'
local play = require 'play'
local steps = require 'steps'
local timeline = require 'timeline'
local schedules = {}

local figures = 0 -- on this page
local loud = { ['leaked-thread'] = true, ['use-after-free'] = true,
               ['double-free'] = true, ['leaked-memory'] = true,
               livelock = true }

-- The words ----------------------------------------------------------------

--- Split "bad --all -- 1" into programs and options.
function schedules.split(args)
  local programs, options = {}, {}
  for _, word in ipairs(args) do
    local first = #options == 0 and word:match('^[%l%d_]+$')
    table.insert(first and programs or options, word)
  end
  return programs, options
end

--- The words of the capture that capture.sh has made of these.
function schedules.command(program, wanted, options)
  local command = { 'explore', program, '--json' }
  for _, list in ipairs { wanted, options } do
    table.move(list, 1, #list, #command + 1, command)
  end
  return command
end

function schedules.has_source(page, program, at, usage)
  if program and book.read(book.resolve(page.file, program .. '.c')) then
    return true
  end
  book.fault(at.file, at.line, usage)
  return false
end

-- The table ----------------------------------------------------------------

local function cells(tag, ...)
  local out = {}
  for i, words in ipairs { ... } do
    out[i] = ('<%s>%s</%s>'):format(tag, book.escape(words), tag)
  end
  return '<tr>' .. table.concat(out) .. '</tr>'
end

local function note(e, tone)
  local notes = {}
  if e.takes_over then
    notes[#notes + 1] = 'the scheduler takes over'
  end
  if e.marked and tone == 'bad' then
    notes[#notes + 1] = 'part of the failure'
  end
  return table.concat(notes, '; ')
end

local function steps_table(s)
  local out = { '<table><caption>' .. book.escape(s.title) .. '</caption>',
                '<thead>' .. cells('th', 'Thread', 'Where', 'Step', '')
                .. '</thead>', '<tbody>' }
  for _, e in ipairs(s.shown) do
    out[#out + 1] = cells('td', s.threads[e.thread + 1].name, steps.where(e),
                          steps.words(e), note(e, s.tone))
  end
  for _, t in ipairs(s.threads) do
    if s.shows_waits and t.state == 'blocked' then
      out[#out + 1] = cells('td', t.name, steps.where(t),
                            steps.blocked(t, s.threads), 'at the end')
    end
  end
  out[#out + 1] = '</tbody></table>'
  return table.concat(out, '\n')
end

-- The figure ---------------------------------------------------------------

local function new_schedule(program, title, tone, verdict, from, shared, all)
  figures = figures + 1
  local shown, left_out = steps.select(from.events, shared, all)
  return { id = 'schedule-' .. figures, program = program, title = title,
           tone = tone, verdict = verdict, threads = from.threads,
           events = from.events, shown = shown, left_out = left_out }
end

--- What the program does that fails.
local function failing(program, f, shared)
  local s = new_schedule(program .. '.c', ('%s.c: %s'):format(program,
                         f.cause), 'bad', f.verdict, f, shared,
                         loud[f.verdict])
  s.shows_waits = f.verdict == 'deadlock' or f.verdict == 'lost-wakeup'
  s.left = f.verdict == 'leaked-thread' and f.thread or nil
  return s
end

--- What the program that is right does on the same schedule; nil if unknown, or
--- if it has nobody wait and so nothing to see.
local function instead(f, shared)
  local w = f.instead
  if not w or not w.waits then
    return nil
  end
  local verdict = w.threads[w.thread + 1].name .. ' waits: nothing goes wrong'
  local s = new_schedule(w.program, w.text, 'good', verdict, w,
                         steps.shared(w.events, shared))
  s.shows_waits = true
  if #s.shown == 0 then
    return nil
  end
  return s
end

local function panel(s, label)
  local svg = timeline.draw(s)
  return ('<div class="panel" style="flex-basis:%.0fpx"><p>%s</p>\n%s</div>')
    :format(0.8 * s.width, label, svg)
end

local function sentence(words)
  return '<p>' .. book.escape(words) .. '.</p>'
end

local function find_failure(report, kind)
  for _, f in ipairs(report.failures) do
    if not kind or f.verdict == kind then
      return f
    end
  end
end

--- Why there is nothing to draw.
local function not_failed(program, report, kind)
  local others = {}
  for i, f in ipairs(report.failures) do
    others[i] = f.verdict
  end
  if #others == 0 then
    return ('did not fail, so there is nothing to draw: show a program that '
      .. 'does, or mend %s.c'):format(program)
  end
  return ('has no failure "%s" (it has: %s): mend fault='):format(kind,
    table.concat(others, ', '))
end

local function left_out(schedule, command)
  if schedule.left_out == 0 then
    return ''
  end
  return ('<p class="note">%d further steps are not drawn. All of '
    .. 'them: <code>./workbook %s</code></p>'):format(
    schedule.left_out, book.escape(command))
end

local function figure_html(program, f, command, caption)
  local shared = steps.shared(f.events)
  local bad, good = failing(program, f, shared), instead(f, shared)
  local out = { '<figure class="schedules">', '<figcaption><span class='
    .. '"caption">' .. (caption or 'The schedule that fails') .. '</span><span '
    .. 'class="where">drawn from the run</span></figcaption>',
    '<div class="panels">', panel(bad, '<code>' .. program .. '.c</code>') }
  if good then
    out[#out + 1] = panel(good, '<code>' .. f.instead.program .. '</code> on '
                          .. 'the same schedule')
  end
  out[#out + 1] = '</div>\n<div class="told">' .. sentence(f.cause)
  if f.instead then
    out[#out + 1] = sentence(f.instead.text)
  end
  out[#out + 1] = left_out(bad, command)
  out[#out + 1] = '<details class="steps"><summary>The same as a table'
    .. '</summary>\n' .. steps_table(bad) .. (good and steps_table(good) or '')
    .. '\n</details></div>\n</figure>'
  return table.concat(out, '\n')
end

local FIGURE = 'write "<!-- figure: explore PROGRAM -->", then options of '
  .. 'that command, and fault=VERDICT if it has several failures'

--- <!-- figure: explore bad --all fault=wrong-answer -->
function schedules.figure(page, args, at, caption)
  local kind, words = nil, {}
  for i = 2, #args do
    local its = args[i]:match('^fault=([%l-]+)$')
    kind = its or kind
    words[#words + 1] = not its and args[i] or nil
  end
  local programs, options = schedules.split(words)
  if args[1] ~= 'explore' or #programs ~= 1 or
     not schedules.has_source(page, programs[1], at, FIGURE) then
    book.fault(at.file, at.line, FIGURE)
    return nil
  end
  local report, capture =
    captures.report(page, schedules.command(programs[1], {}, options), at)
  if not report then
    return nil
  end
  local f = find_failure(report, kind)
  if not f then
    captures.refuse(capture, not_failed(programs[1], report, kind))
    return nil
  end
  return figure_html(programs[1], f, capture.command, caption)
end

--- <!-- play: bad good -- 2 1 -->
function schedules.play(page, args, at)
  local programs, options = schedules.split(args)
  return play.html(page, programs, options, at)
end

return schedules
