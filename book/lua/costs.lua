-- <!-- costs: queue-1-1 queue-4-4 -->: how fast our modules and their peers
-- are, from a recording of `./workbook bench` (book/measured/bench.json).
-- <!-- costs: each coro-switch spawn-small -->: what one of ours takes.

local book = require 'book'
local chart = require 'chart'
local json = require 'json'
local costs = {}

local WIDTH, ROW, BAR, RIGHT, FIGURES = 700, 28, 13, 686, 86
local CHAR, BOLD, NAME = 7, 7.6, 30 -- widths; most characters in a line

local USAGE = 'write "<!-- costs: ROW... -->" with rows of `./workbook bench`, '
  .. 'or "<!-- costs: each ROW... -->" for what one of ours takes'
local CAPTION = 'a chart needs a caption: put a paragraph above it that is '
  .. 'only a link, "[What it shows](good.c)"'
local AGAIN = 'cmake --build build --target book-bench'

local recording -- what the file holds, once it was read

-- The recording --------------------------------------------------------------

--- The rows of the recording by name; false when nothing was recorded; nil
--- after a fault.
local function load(at)
  if recording then
    return recording
  end
  local text = book.measured and book.read(book.measured)
  if not text then
    return false
  end
  local why
  recording, why = json.read(text)
  if not recording or not recording.rows or not recording.compiler then
    book.fault(at.file, at.line, ('%s is no recording: %s; make it again: %s')
      :format(book.measured, why or 'it has no rows or no compiler', AGAIN))
    recording = nil
    return nil
  end
  recording.named = {}
  for _, row in ipairs(recording.rows) do
    recording.named[row.name] = row
  end
  return recording
end

local function names(r)
  local out = {}
  for i, row in ipairs(r.rows) do
    out[i] = row.name
  end
  return table.concat(out, ', ')
end

--- The row of that name, all of whose runs came to an end; nil after a fault.
local function find(r, name, at)
  local row = r.named[name]
  if not row then
    book.fault(at.file, at.line, ('no row "%s" was recorded (there are: %s): '
      .. 'mend the name, or make the recording again: %s'):format(name,
      names(r), AGAIN))
    return nil
  end
  for _, run in ipairs(row.runs) do
    if run.failed or not (run.rate or run.skipped) then
      book.fault(at.file, at.line, ('%s of row "%s" has failed: %s; mend it, '
        .. 'and make the recording again: %s'):format(run.name, name,
        run.failed or 'no figure', AGAIN))
      return nil
    end
  end
  return row
end

-- Bars -----------------------------------------------------------------------

--- Draw one bar: from the axis to its median; a line from least to most.
local function draw_bar(c, v, y, bar)
  local x = v.place(bar.median)
  local lines = chart.wrap(bar.name, NAME)
  for i, words in ipairs(lines) do
    chart.text(c, v.left - 8, y + 4 + 13 * (i - (#lines + 1) / 2), chart.INK,
               words, 'text-anchor="end"' .. (bar.bold and
               ' font-weight="600"' or ''))
  end
  chart.rect(c, v.left, y - BAR / 2, x - v.left, BAR, ('fill="%s"')
             :format(bar.ours and chart.STRONG or chart.GREY))
  local from, to = v.place(bar.least), v.place(bar.most)
  for _, pen in ipairs { { chart.PANEL, 3.5 }, { chart.INK, 1.3 } } do
    local ink = ('stroke="%s" stroke-width="%.1f"'):format(pen[1], pen[2])
    chart.line(c, from, y, to, y, ink)
    chart.line(c, from, y - 3.5, from, y + 3.5, ink)
    chart.line(c, to, y - 3.5, to, y + 3.5, ink)
  end
  chart.text(c, math.max(x, to) + 7, y + 4, chart.INK, bar.words,
             'font-size="11"')
end

local function draw_skipped(c, v, y, bar)
  chart.text(c, v.left - 8, y + 4, chart.SOFT, bar.name, 'text-anchor="end"')
  chart.text(c, v.left + 4, y + 4, chart.SOFT, 'not measured: needs ' ..
             bar.skipped, 'font-size="11" font-style="italic"')
end

--- A panel of bars below their heading; v.place() gives the x of a value, and
--- v.ticks the values of an axis, { at =, words = } each.
local function draw(v, title, description)
  local c, top, row = chart.new(WIDTH), 32, ROW
  for _, bar in ipairs(v.bars) do
    row = math.max(row, 10 + 13 * #chart.wrap(bar.name, NAME))
  end
  local bottom = top + #v.bars * row
  chart.text(c, 14, 20, chart.INK, v.heading, 'font-weight="600"')
  for _, tick in ipairs(v.ticks) do
    local x = v.place(tick.at)
    chart.line(c, x, top, x, bottom, ('stroke="%s" stroke-dasharray="2 3"')
               :format(chart.RULE))
    chart.text(c, x, bottom + 13, chart.SOFT, tick.words,
               'font-size="10.5" text-anchor="middle"')
  end
  chart.line(c, v.left, top, v.left, bottom, ('stroke="%s"')
             :format(chart.SOFT))
  for i, bar in ipairs(v.bars) do
    (bar.skipped and draw_skipped or draw_bar)(c, v, top + (i - 0.5) * row,
                                               bar)
  end
  chart.text(c, RIGHT, 20, chart.SOFT, v.unit,
             'text-anchor="end" font-size="11"')
  return chart.finish(c, bottom + 24, title, description)
end

local function left_of(bars)
  local left = 60
  for _, bar in ipairs(bars) do
    for _, words in ipairs(chart.wrap(bar.name, NAME)) do
      left = math.max(left, 24 + (bar.bold and BOLD or CHAR) *
                      book.width(words))
    end
  end
  return left
end

--- An axis from 0.
local function linear(v)
  local most = 0
  for _, bar in ipairs(v.bars) do
    most = math.max(most, bar.most or 0)
  end
  v.left, v.ticks = left_of(v.bars), {}
  v.place = function(value)
    return v.left + value / most * (RIGHT - FIGURES - v.left)
  end
  for i, at in ipairs(chart.ticks(most, 6)) do
    v.ticks[i] = { at = at, words = chart.human(at) }
  end
end

--- An axis in powers of ten, of seconds.
local function logarithmic(v)
  local low, high = math.huge, 0
  for _, bar in ipairs(v.bars) do
    low, high = math.min(low, bar.least), math.max(high, bar.most)
  end
  local first = math.floor(math.log(low, 10))
  local last = math.ceil(math.log(high, 10))
  v.left, v.ticks = left_of(v.bars), {}
  v.place = function(value)
    return v.left + (math.log(value, 10) - first) / (last - first) *
           (RIGHT - FIGURES - v.left)
  end
  for n = first, last do
    v.ticks[#v.ticks + 1] = { at = 10 ^ n, words = chart.seconds(10 ^ n) }
  end
end

-- A row with its peers -------------------------------------------------------

local function series_bar(run, series, first)
  if run.skipped then
    return { name = run.name, skipped = run.skipped }
  end
  local s = run[series]
  return { name = run.name, ours = first, bold = first, median = s.median,
           least = s.least, most = s.most, words = chart.human(s.median) }
end

local function row_panel(row, series, unit, caption, rows)
  local v, told = { heading = row.what .. (row.pinned and ', on one processor'
                    or ''), unit = unit, bars = {} }, {}
  for i, run in ipairs(row.runs) do
    local bar = series_bar(run, series, i == 1)
    v.bars[i] = bar
    if bar.skipped then
      rows[#rows + 1] = { row.what, bar.name, 'not measured: needs ' ..
                          bar.skipped, '', '', unit }
    else
      rows[#rows + 1] = { row.what, bar.name, bar.words,
                          chart.human(bar.least), chart.human(bar.most), unit }
    end
    told[i] = bar.name .. ': ' .. rows[#rows][3] .. '.'
  end
  linear(v)
  return { svg = draw(v, caption .. ': ' .. row.what, ('%s, %s. %s'):format(
    row.what, unit, table.concat(told, ' '))) }
end

local function row_panels(found, caption)
  local panels, rows = {}, {}
  for _, row in ipairs(found) do
    panels[#panels + 1] = row_panel(row, 'rate', row.unit .. ', more is better',
                                    caption, rows)
    if row.extra then
      panels[#panels + 1] = row_panel(row, 'extra', row.extra ..
                                      ', less is better', caption, rows)
    end
  end
  return panels, chart.table(caption, { 'What', 'Who', 'Median', 'Least',
                                        'Most', 'Of what' }, rows)
end

-- What one of each takes -----------------------------------------------------

local function each_panel(found, caption)
  local v, rows, told = { heading = 'Time for one', bars = {},
    unit = 'less is better; each line is ten times the one before' }, {}, {}
  for i, row in ipairs(found) do
    local rate = row.runs[1].rate
    local name = row.name:match('^%w+') .. ': ' .. row.what
    local bar = { name = name, ours = true, median = 1 / rate.median,
                  least = 1 / rate.most, most = 1 / rate.least }
    bar.words = chart.seconds(bar.median)
    v.bars[i] = bar
    rows[i] = { name, bar.words, chart.seconds(bar.least),
                chart.seconds(bar.most) }
    told[i] = name .. ': ' .. bar.words .. '.'
  end
  logarithmic(v)
  return { { svg = draw(v, caption, table.concat(told, ' ')) } },
         chart.table(caption, { 'What', 'Median', 'Least', 'Most' }, rows)
end

-- The figure -----------------------------------------------------------------

--- What measures these rows again: all of one group, or everything.
local function bench(wanted)
  local group = wanted[1]:match('^%w+')
  for _, name in ipairs(wanted) do
    if name:match('^%w+') ~= group then
      return './workbook bench'
    end
  end
  return './workbook bench --only ' .. group
end

local function stamp(r, wanted)
  return { ('<p class="note">Medians of %d rounds; the thin line reaches from '
    .. 'the least to the most. Measured on %s %s (%s) with %s, '
    .. '<code>%s</code>, at commit <code>%s</code>. Where you are: '
    .. '<code>%s</code></p>'):format(r.rounds,
    r.processors, r.processors == 1 and 'processor' or 'processors',
    book.escape(r.model or r.machine), book.escape(r.compiler),
    book.escape(r.flags), book.escape(r.commit or 'unknown'),
    book.escape(bench(wanted))) }
end

--- The figure as HTML; nil after a fault.
function costs.html(args, at, caption)
  local is_each = args[1] == 'each'
  local wanted = table.move(args, is_each and 2 or 1, #args, 1, {})
  if not caption or #wanted == 0 then
    book.fault(at.file, at.line, caption and USAGE or CAPTION)
    return nil
  end
  local r = load(at)
  if not r then
    return r == false and ('<p class="unmeasured">%s: not measured yet. Some '
      .. 'minutes on an idle machine do it: <code>%s</code></p>')
      :format(caption, AGAIN) or nil
  end
  local found = {}
  for _, name in ipairs(wanted) do
    found[#found + 1] = find(r, name, at)
  end
  if #found < #wanted then
    return nil
  end
  local make = is_each and each_panel or row_panels
  local panels, words = make(found, chart.plain(caption))
  return chart.figure { class = 'costs', caption = caption, where = 'measured',
                        panels = panels, told = stamp(r, wanted),
                        tables = { words } }
end

return costs
