-- Draws a schedule as SVG: time goes down, each thread has a lane, a lock that
-- is held is a bar on it. Colours are literal, on a panel of their own, so that
-- the figure is the same in light, in dark and on paper.

local book = require 'book'
local steps = require 'steps'
local timeline = {}

local ROW, HEAD, FOOT, LINE = 25, 42, 44, 20
local PLAIN, BOLD = 6.3, 7 -- width of a character in a lane
local INK, SOFT, RAIL = '#25272b', '#62656b', '#d3cfc4'
local PANEL, EDGE, AMBER = '#fcfbf8', '#dfdbd0', '#8a5300'
local TONE = { bad = '#a0302a', good = '#2d6a31' }
local LOCKS = { '#7db2b8', '#c9a45c', '#a48bc0', '#8fb07f' }

local function put(out, format, ...)
  out[#out + 1] = format:format(...)
end

local function text(out, x, y, style, words)
  put(out, '<text x="%.0f" y="%.0f" %s>%s</text>', x, y, style,
      book.escape(words))
end

local function fill(colour, more)
  return ('fill="%s"%s'):format(colour, more and ' ' .. more or '')
end

-- Laying out ---------------------------------------------------------------

local function is_waiting(thread)
  return thread.state == 'blocked'
end

--- The row at the foot of a lane: what the thread waits for.
local function last_words(s, n)
  local t = s.threads[n + 1]
  if s.left == n then
    return 'still runs'
  elseif s.shows_waits and is_waiting(t) then
    return steps.blocked(t, s.threads)
  end
end

--- Which threads have a lane, and how wide: number -> { x =, width = }.
local function lay_out_lanes(s)
  local lanes, x = {}, 12
  local longest = {}
  local function need(n, words, bold)
    local width = (utf8.len(words) or #words) * (bold and BOLD or PLAIN)
    longest[n] = math.max(longest[n] or 0, width)
  end
  for _, e in ipairs(s.shown) do
    need(e.thread, steps.place(e, s.program) .. ' ' ..
         steps.words(e, steps.short(e.object)), e.marked)
  end
  for n = 0, #s.threads - 1 do
    local words = last_words(s, n)
    if words and (longest[n] or s.threads[n + 1].blocked_op ~= 'join') then
      need(n, words, true)
    end
    if longest[n] then
      need(n, timeline.heading(s.threads[n + 1]), true)
      local width = math.max(110, 22 + LINE + longest[n])
      lanes[n] = { x = x, width = width, number = n }
      x = x + width
    end
  end
  s.width = math.max(x + 4, 40 + #s.verdict * 7.5)
  return lanes
end

function timeline.heading(thread)
  if thread.entry and thread.entry ~= thread.name then
    return thread.name .. ' · ' .. thread.entry
  end
  return thread.name
end

--- Give every step its place; where a thread took over, leave a gap.
local function lay_out_rows(s)
  local y = HEAD + 18
  for _, e in ipairs(s.shown) do
    if e.takes_over then
      y = y + 12
    end
    s.y[e] = y
    y = y + ROW
  end
  s.waits_at = y
  s.bottom = s.any_waits and y + ROW or y
end

-- Locks --------------------------------------------------------------------

--- The colour of a lock, the same in the whole figure.
local function colour_of(s, lock)
  if not s.colours[lock] then
    s.colours[lock] = LOCKS[s.ncolours % #LOCKS + 1]
    s.ncolours = s.ncolours + 1
  end
  return s.colours[lock]
end

local function bar(s, out, lane, lock, from, to, slot)
  put(out, '<rect x="%.0f" y="%.0f" width="8" height="%.0f" rx="3" fill="%s">'
      .. '<title>%s holds %s</title></rect>', lane.x + 6 + 5 * slot, from - 8,
      to - from + 16, colour_of(s, lock),
      book.escape(s.threads[lane.number + 1].name), book.escape(lock))
end

--- A free place beside the lane's line.
local function free_slot(held)
  local slot, taken = 0, {}
  for _, h in pairs(held) do
    taken[h.slot] = true
  end
  while taken[slot] do
    slot = slot + 1
  end
  return slot
end

--- Steps that are not shown take and give locks as well, so all are looked at.
local function draw_locks(s, out)
  local held, y = {}, HEAD + 18
  for n in pairs(s.lanes) do
    held[n] = {}
  end
  for _, e in ipairs(s.events) do
    local mine, lane = held[e.thread], s.lanes[e.thread]
    y = s.y[e] or y
    local gives = steps.gives(e)
    if lane and gives and mine[gives] then
      bar(s, out, lane, gives, mine[gives].y, y, mine[gives].slot)
      mine[gives] = nil
    end
    if lane and steps.takes(e) then
      mine[e.object] = { y = y, slot = free_slot(mine) }
    end
  end
  for n, mine in pairs(held) do
    for lock, h in pairs(mine) do
      bar(s, out, s.lanes[n], lock, h.y, s.bottom - 10, h.slot)
    end
  end
end

-- Drawing ------------------------------------------------------------------

local function draw_lanes(s, out)
  for n = 0, #s.threads - 1 do
    local lane = s.lanes[n]
    if lane then
      text(out, lane.x, 24, fill(INK, 'font-weight="600" font-size="13"'),
           timeline.heading(s.threads[n + 1]))
      put(out, '<path d="M%.0f %d V%.0f" stroke="%s" stroke-width="2"/>',
          lane.x + 10, HEAD - 6, s.bottom, RAIL)
    end
  end
end

local function draw_step(s, out, e)
  local lane, y = s.lanes[e.thread], s.y[e]
  local colour = e.marked and TONE[s.tone] or INK
  put(out, '<circle cx="%.0f" cy="%.0f" r="%s" fill="%s"/>', lane.x + 10, y,
      e.marked and '5' or '3.5', colour)
  local weight = e.marked and ' font-weight="600"' or ''
  put(out, '<text x="%.0f" y="%.0f" fill="%s"%s><tspan fill="%s" '
      .. 'font-weight="400">%s</tspan> %s</text>', lane.x + LINE + 4, y + 4,
      colour, weight, SOFT, steps.place(e, s.program),
      book.escape(steps.words(e, steps.short(e.object))))
  if e.takes_over then
    put(out, '<path d="M12 %.0f H%.0f" stroke="%s" stroke-dasharray="3 4"/>',
        y - 19, s.width - 12, AMBER)
    text(out, s.width - 12, y - 22, fill(AMBER, 'text-anchor="end" '
         .. 'font-size="10.5"'), 'the scheduler takes over')
  end
end

--- The two accesses of a race, joined.
local function draw_pair(s, out)
  local second, first
  for i = #s.shown, 1, -1 do
    local e = s.shown[i]
    if e.marked and not second then
      second = e
    elseif e.marked and not first and e.thread ~= second.thread then
      first = e
    end
  end
  if not first or s.verdict ~= 'data-race' then
    return
  end
  local a, b = s.lanes[first.thread], s.lanes[second.thread]
  put(out, '<path d="M%.0f %.0f L%.0f %.0f" stroke="%s" stroke-width="1.5" '
      .. 'stroke-dasharray="2 3"/>', a.x + 10, s.y[first], b.x + 10,
      s.y[second], TONE.bad)
end

--- Arrows from who waits to whom it waits for.
local function draw_waits(s, out)
  local colour = TONE[s.tone]
  for n, lane in pairs(s.lanes) do
    local words = last_words(s, n)
    if words then
      local y, target = s.waits_at, s.lanes[s.threads[n + 1].waits_for or -1]
      put(out, '<circle cx="%.0f" cy="%.0f" r="5" fill="%s" stroke="%s" '
          .. 'stroke-width="2"/>', lane.x + 10, y, PANEL, colour)
      text(out, lane.x + LINE + 4, y + 4, fill(colour, 'font-weight="600"'),
           words)
      if target and target ~= lane then
        local x, to = lane.x + 10, target.x + 10
        put(out, '<path d="M%.0f %.0f C%.0f %.0f %.0f %.0f %.0f %.0f" '
            .. 'fill="none" stroke="%s" stroke-width="1.5" '
            .. 'marker-end="url(#%s-arrow)"/>', x, y + 6, x, y + 26, to,
            y + 26, to + (to < x and 6 or -6), y + 10, colour, s.id)
      end
    end
  end
end

local function draw_foot(s, out)
  local colour, y = TONE[s.tone], s.bottom + 6
  put(out, '<rect x="12" y="%.0f" width="%.0f" height="24" rx="4" fill="%s"/>',
      y, s.width - 24, colour)
  text(out, 22, y + 16.5, fill('#ffffff', 'font-weight="600"'), s.verdict)
end

local function in_order(s, out)
  put(out, '<defs><marker id="%s-arrow" viewBox="0 0 8 8" refX="6" refY="4" '
      .. 'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 '
      .. 'L0 8 z" fill="%s"/></marker></defs>', s.id, TONE[s.tone])
  put(out, '<rect x="0.5" y="0.5" width="%.0f" height="%.0f" rx="6" fill="%s" '
      .. 'stroke="%s"/>', s.width - 1, s.height - 1, PANEL, EDGE)
  draw_lanes(s, out)
  draw_locks(s, out)
  draw_pair(s, out)
  for _, e in ipairs(s.shown) do
    draw_step(s, out, e)
  end
  draw_waits(s, out)
  draw_foot(s, out)
end

--- The whole figure as text, for those who do not see it.
local function describe(s)
  local out = {}
  for _, e in ipairs(s.shown) do
    out[#out + 1] = ('%s, line %s: %s.'):format(s.threads[e.thread + 1].name,
      e.line or 'unknown', steps.words(e))
  end
  for n = 0, #s.threads - 1 do
    local words = last_words(s, n)
    if words then
      out[#out + 1] = s.threads[n + 1].name .. ' ' .. words .. '.'
    end
  end
  return table.concat(out, ' ')
end

--- Draw s: id, program (its file), title, tone ("bad" or "good"), verdict,
--- threads, events, shown (some of the events), shows_waits (at the end, who
--- waits for what), left (a thread that still runs then).
function timeline.draw(s)
  s.y, s.colours, s.ncolours = {}, {}, 0
  s.lanes = lay_out_lanes(s)
  for n in pairs(s.lanes) do
    s.any_waits = s.any_waits or last_words(s, n) ~= nil
  end
  lay_out_rows(s)
  s.height = s.bottom + FOOT - 4
  local out = {}
  put(out, '<svg xmlns="http://www.w3.org/2000/svg" class="schedule" '
      .. 'role="img" aria-labelledby="%s-t %s-d" '
      .. 'viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" '
      .. 'style="min-width:%.0fpx" font-family='
      .. '"system-ui, \'Segoe UI\', \'Noto Sans\', \'Liberation Sans\', '
      .. 'sans-serif" font-size="12">', s.id, s.id, s.width, s.height, s.width,
      s.height, 0.7 * s.width)
  put(out, '<title id="%s-t">%s</title>\n<desc id="%s-d">%s</desc>', s.id,
      book.escape(s.title), s.id, book.escape(describe(s)))
  in_order(s, out)
  out[#out + 1] = '</svg>'
  return table.concat(out, '\n')
end

return timeline
