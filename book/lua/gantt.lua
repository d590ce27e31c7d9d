-- Draws what each thread, coroutine and child of a program did when, from the
-- trace of one run of it: a lane each, time goes to the right.

local book = require 'book'
local chart = require 'chart'
local traces = require 'traces'
local gantt = {}
local duration = chart.duration

local WIDTH, ROW, BAR, EDGE, ZOOM = 700, 23, 14, 14, 42
local AREA = 56 -- height of the count of those without a lane
local VERDICT_CHAR = 7.3 -- width of a character, in bold
local COLUMNS = 2 -- a point of the chart has so many

local WIDE = 3 -- columns from which a piece is a bar of its own

local KINDS = { 'run', 'wait', 'lock', 'life' }
local STYLE = {
  run = { colour = chart.STRONG, ink = '#ffffff',
          words = 'runs, or could' },
  wait = { colour = chart.PALE, edge = chart.STRONG, ink = chart.INK,
           words = 'in a call that may wait' },
  turn = { colour = chart.PLUM, ink = '#ffffff',
           words = 'a coroutine has the thread' },
  task = { colour = chart.PLUM, edge = chart.PANEL, ink = '#ffffff',
           words = 'and has a task' },
  parked = { colour = chart.RAISED, edge = chart.PLUM, ink = chart.INK,
             words = 'waits' },
  lock = { colour = chart.GOLD, ink = chart.INK, thin = true,
           words = 'waits for a lock' },
  life = { colour = chart.RULE, ink = chart.INK, words = 'the child lives' }
}

-- Columns --------------------------------------------------------------------

--- How much of each column of the chart each kind of state has; the pieces that
--- are wide enough to be bars by themselves are "wide" there.
local function spread(lane, v)
  local columns, wide = {}, {}
  for _, p in ipairs(lane.pieces) do
    local from, to = (p.from - v.start) * v.scale, (p.to - v.start) * v.scale
    local kind = p.kind
    if to - from >= WIDE then
      wide[#wide + 1] = { kind = kind, from = from, to = to, word = p.word }
      kind = 'wide'
    end
    local first, last = math.floor(from), math.floor(to)
    for n = first, last do
      local c = columns[n] or {}
      columns[n] = c
      c[kind] = (c[kind] or 0) + (n < last and n + 1 or to)
                - (n > first and n or from)
    end
  end
  return columns, wide
end

--- What a column shows: the state that it is in for longest. But a turn of a
--- coroutine, however short, is what its lane is about.
local function shown(column, lane)
  if not lane.is_thread and column.run then
    return 'run'
  end
  local best
  for _, kind in ipairs(KINDS) do
    if column[kind] and (not best or column[kind] > column[best]) then
      best = kind
    end
  end
  return best and column[best] > (column.wide or 0) and best or nil
end

--- The bars of a lane, wide ones first. Columns of one kind side by side are
--- one bar.
local function bars(lane, v)
  local columns, out = spread(lane, v)
  local last
  for n = 0, v.columns do
    local kind = columns[n] and shown(columns[n], lane)
    if kind and last and last.kind == kind and last.to == n then
      last.to = n + 1
    elseif kind then
      last = { kind = kind, from = n, to = n + 1 }
      out[#out + 1] = last
    end
  end
  return out
end

-- Drawing ------------------------------------------------------------------

local function style_of(lane, kind)
  if lane.is_child then
    kind = kind == 'run' and 'task' or kind
  elseif not lane.is_thread then
    kind = kind == 'run' and 'turn' or kind == 'wait' and 'parked' or kind
  end
  return STYLE[kind]
end

local function paint(c, x, y, width, style, title)
  local height = style.thin and BAR / 2 - 1 or BAR
  local inset = style.edge and 0.5 or 0
  chart.rect(c, x + inset, y - height / 2 + inset,
             math.max(width - 2 * inset, 0.8), height - 2 * inset,
             ('fill="%s"%s'):format(style.colour, style.edge
             and (' stroke="%s" stroke-width="0.8"'):format(style.edge) or ''),
             title)
end

local function draw_bar(c, v, lane, y, bar)
  local style = style_of(lane, bar.kind)
  local x = v.left + bar.from / COLUMNS
  local width = (bar.to - bar.from) / COLUMNS
  paint(c, x, y, width, style)
  if bar.word and not style.thin and
     book.width(bar.word) * chart.CHAR * 0.9 + 6 < width then
    chart.text(c, x + width / 2, y + 3.7, style.ink, bar.word,
               'font-size="10.5" text-anchor="middle"')
  end
  v.used[style] = true
end

--- A moment: a drop above the bar, in the shape of its word.
local function draw_mark(c, x, y, number)
  local shapes = { 'M%.1f %.1f l4.5 -7 h-9 z', 'M%.1f %.1f m-3.5 -7 h7 v7 h-7 z'
                 }
  local colours = { chart.BAD, chart.PLUM }
  chart.put(c, '<path d="' .. (shapes[number] or shapes[2]) .. '" fill="%s" '
            .. 'stroke="%s"/>', x, y, colours[number] or colours[2],
            chart.PANEL)
end

local function mark_number(v, word)
  if not v.marks[word] then
    v.marks[#v.marks + 1] = word
    v.marks[word] = #v.marks
  end
  return v.marks[word]
end

local function draw_lane(c, v, lane, y)
  chart.text(c, v.left - 8, y + 4, chart.INK, lane.name, 'text-anchor="end"')
  chart.line(c, v.left, y, v.right, y, ('stroke="%s"'):format(chart.RULE))
  for _, bar in ipairs(bars(lane, v)) do
    draw_bar(c, v, lane, y, bar)
  end
  for _, m in ipairs(lane.marks) do
    draw_mark(c, v.left + (m.at - v.start) * v.scale / COLUMNS, y - 3,
              mark_number(v, m.word))
  end
end

--- How many of the other lanes there are at each time, as an area.
local function draw_rest(c, v, y)
  local change, now, most = {}, 0, 0
  for _, lane in ipairs(v.rest) do
    local from = math.floor((lane.from - v.start) * v.scale)
    local to = math.floor((lane.to - v.start) * v.scale)
    change[from] = (change[from] or 0) + 1
    change[to] = (change[to] or 0) - 1
  end
  local path = { ('M%.1f %.1f'):format(v.left, y) }
  for n = 0, v.columns do
    local x = v.left + n / COLUMNS
    if change[n] and change[n] ~= 0 then
      path[#path + 1] = ('L%.1f %.1f'):format(x, y - now * AREA / #v.rest)
      now = now + change[n]
      most = math.max(most, now)
      path[#path + 1] = ('L%.1f %.1f'):format(x, y - now * AREA / #v.rest)
    end
  end
  path[#path + 1] = ('L%.1f %.1f Z'):format(v.right, y)
  chart.put(c, '<path d="%s" fill="%s" stroke="%s"/>', table.concat(path),
            chart.PALE, chart.STRONG)
  chart.text(c, v.left - 8, y - AREA + 14, chart.INK, 'and ' ..
             chart.grouped(#v.rest) .. ' more', 'text-anchor="end"')
  chart.text(c, v.left - 8, y - AREA + 29, chart.SOFT, 'how many there',
             'text-anchor="end" font-size="10.5"')
  chart.text(c, v.left - 8, y - AREA + 42, chart.SOFT, 'are at a time',
             'text-anchor="end" font-size="10.5"')
  chart.text(c, v.left + 6, y - AREA - 5, chart.SOFT, ('at most %s at once')
             :format(chart.grouped(most)), 'font-size="10.5"')
  v.most = most
end

--- How long the run is on the scale of the longest, and that it is magnified.
local function draw_zoom(c, v)
  local width = math.max(1, v.most_time / v.scale_time * (v.right - v.left))
  local y = EDGE + 5
  chart.text(c, v.left - 8, y + 4, chart.SOFT, 'to scale',
             'text-anchor="end" font-size="10.5"')
  chart.put(c, '<path d="M%.1f %.1f h%.1f L%.1f %.1f H%.1f z" fill="%s"/>',
            v.left, y, width, v.right, EDGE + ZOOM - 8, v.left, chart.RAISED)
  chart.rect(c, v.left, y - 4, width, 8, ('fill="%s"'):format(chart.SOFT))
  chart.rect(c, v.left + 0.5, y - 3.5, v.right - v.left - 1, 7,
             ('fill="none" stroke="%s"'):format(chart.RULE))
  chart.text(c, v.left + 8, y + 19, chart.SOFT, ('%s, drawn %.0f times as '
             .. 'wide'):format(duration(v.most_time), v.scale_time /
             v.most_time), 'font-size="10.5"')
end

local function draw_axis(c, v, top, y)
  local ticks = chart.ticks(v.most_time, 7)
  local unit, name = 1, 'µs'
  if ticks[#ticks] >= 1e6 then
    unit, name = 1e6, 's'
  elseif ticks[#ticks] >= 1e3 then
    unit, name = 1e3, 'ms'
  end
  for i, at in ipairs(ticks) do
    local x = v.left + at * v.scale / COLUMNS
    chart.line(c, x, top, x, y, ('stroke="%s" stroke-dasharray="2 3"')
               :format(chart.RULE))
    local words = ('%g'):format(at / unit) .. (i == #ticks and ' ' .. name
                                                or '')
    local half = book.width(words) * 2.8
    chart.text(c, math.min(x, c.width - 8 - half), y + 13, chart.SOFT, words,
               'font-size="10.5" text-anchor="middle"')
  end
end

local function legend(c, v, y)
  local entries = {}
  for _, kind in ipairs { 'run', 'wait', 'lock', 'turn', 'parked', 'life',
                          'task' } do
    local style = STYLE[kind]
    if v.used[style] then
      entries[#entries + 1] = { words = style.words, draw = function(x, at)
        paint(c, x, at, 22, style)
      end }
    end
  end
  for i, word in ipairs(v.marks) do
    entries[#entries + 1] = { words = word, draw = function(x, at)
      draw_mark(c, x + 14, at + 4, i)
    end }
  end
  return chart.legend(c, v.left, y, entries)
end

--- Returns the y below it.
local function draw_verdict(c, v, y)
  local lines = chart.wrap(v.verdict, (v.right - v.left - 18) / VERDICT_CHAR)
  chart.rect(c, v.left, y, v.right - v.left, 7 + 16 * #lines,
             ('rx="4" fill="%s"'):format(chart.BAD))
  for i, words in ipairs(lines) do
    chart.text(c, v.left + 9, y + 16 * i - 0.5, '#ffffff', words,
               'font-weight="600"')
  end
  return y + 15 + 16 * #lines
end

-- One run --------------------------------------------------------------------

--- In words: the same for who does not see it.
local function table_rows(v)
  local out = {}
  for _, lane in ipairs(v.lanes) do
    local kinds, words = traces.totals(lane)
    local told = {}
    for word, us in pairs(words) do
      told[#told + 1] = { word = word, us = us }
    end
    table.sort(told, function(a, b)
      return a.us > b.us or a.us == b.us and a.word < b.word
    end)
    for i, t in ipairs(told) do
      told[i] = i <= 3 and t.word .. ' ' .. duration(t.us) or nil
    end
    for _, m in ipairs(lane.marks) do
      told[#told + 1] = m.word .. ' at ' .. duration(m.at - v.start)
    end
    local function its(kind)
      return kinds[kind] and duration(kinds[kind]) or '–'
    end
    out[#out + 1] = { lane.name, duration(lane.from - v.start),
      duration(lane.to - v.start), its('run'), its('wait'), its('lock'),
      table.concat(told, ', ') }
  end
  return out
end

local function sentence(row)
  return ('%s: from %s to %s; runs %s, in calls that wait %s, waits for a '
    .. 'lock %s.'):format(table.unpack(row))
end

local function describe(v, rows)
  local out = {}
  for i, row in ipairs(rows) do
    out[i] = sentence(row)
  end
  if #v.rest > 0 then
    out[#out + 1] = ('And %s more, at most %s at once.'):format(
      chart.grouped(#v.rest), chart.grouped(v.most))
  end
  if v.verdict then
    out[#out + 1] = v.verdict .. '.'
  end
  return table.concat(out, ' ')
end

--- Draw v: lanes, those of traces.read() with a lane of their own; rest, those
--- without; start and most_time, in microseconds, of the axis; scale_time, that
--- of the longest run beside it; verdict or nil.
--- Returns the SVG and the table that says the same.
function gantt.draw(v, title)
  local c = chart.new(WIDTH)
  v.scale = (v.right - v.left) * COLUMNS / v.most_time
  v.columns = math.floor((v.right - v.left) * COLUMNS)
  v.used, v.marks = {}, {}
  local top = EDGE + (v.most_time < v.scale_time and ZOOM or 0)
  local bottom = top + #v.lanes * ROW + (#v.rest > 0 and AREA + 24 or 0)
  if top > EDGE then
    draw_zoom(c, v)
  end
  draw_axis(c, v, top - 4, bottom + 3)
  for i, lane in ipairs(v.lanes) do
    draw_lane(c, v, lane, top + (i - 0.5) * ROW)
  end
  if #v.rest > 0 then
    draw_rest(c, v, bottom - 2)
  end
  local y = legend(c, v, bottom + 34)
  if v.verdict then
    y = draw_verdict(c, v, y)
  end
  local rows = table_rows(v)
  local words = describe(v, rows)
  if #v.rest > 0 then
    rows[#rows + 1] = { ('%s more'):format(chart.grouped(#v.rest)), '', '', '',
                        '', '', ('at most %s at once'):format(
                        chart.grouped(v.most)) }
  end
  return chart.finish(c, y + 2, title, words),
         chart.table(title, { 'Lane', 'From', 'To', 'Runs', 'In calls that '
         .. 'wait', 'Waits for a lock', 'For what' }, rows)
end

return gantt
