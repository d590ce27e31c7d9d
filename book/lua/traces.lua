-- Reads the trace of a program (common/include/wb/trace.h): each event is a
-- line. Times are in microseconds since the program's begin.

local traces = {}

--- Calls that may wait, and what a chart says of them.
local WAITS = {
  pthread_join = 'join', pthread_cond_wait = 'cond wait',
  pthread_cond_timedwait = 'cond wait', pthread_cond_clockwait = 'cond wait',
  pthread_barrier_wait = 'barrier', sem_wait = 'semaphore',
  connect = 'connect', accept4 = 'accept', read = 'read', write = 'write',
  recv = 'recv', send = 'send', poll = 'poll', waitpid = 'waitpid',
  nanosleep = 'sleep', usleep = 'sleep'
}
local LOCK = 'pthread_mutex_lock'
local QUIET = { main = true, pthread_create = true } -- moments of no interest

local function unescape(text)
  return (text:gsub('\\u(%x%x%x%x)', function(hex)
    return utf8.char(tonumber(hex, 16))
  end):gsub('\\(.)', '%1'))
end

local function string_at(text, key, at)
  local raw = text:match('^[^\n]-"' .. key .. '":"(.-)"[,}]', at)
  return raw and (raw:find('\\', 1, true) and unescape(raw) or raw)
end

-- Lines --------------------------------------------------------------------

local P, C, R = lpeg.P, lpeg.C, lpeg.R
local NUMBER = C((R '09' + '.') ^ 1)
local TRACK = '","pid":' * R '09' ^ 1 * ',"tid":' * NUMBER
local EVENT = '{"ph":"' * C(1) * TRACK * ',"ts":' * NUMBER
local NAME = '{"ph":"' * C 'M' * TRACK * ',"name":"thread_name"' * lpeg.Cc(0)
local REST = (1 - P '\n') ^ 0 * '\n' + (1 - P '\n') ^ 1
--- Of each event and each name of a lane: phase, lane, time, where more stands.
local LINES = lpeg.Ct((((EVENT + NAME) * lpeg.Cp()) ^ -1 * REST) ^ 0)

local function lane_of(trace, number, text)
  local lane = trace[number]
  if not lane then
    lane = { number = tonumber(number), name = 'track ' .. number, text = text,
             events = {}, from = math.huge, to = 0 }
    trace[number] = lane
  end
  return lane
end

--- An event of a lane, of which more is only read if the lane is drawn.
local function keep(lane, phase, at, place)
  local events = lane.events
  local n = #events
  events[n + 1], events[n + 2], events[n + 3] = phase, at, place
  lane.from = at < lane.from and at or lane.from
  lane.to = at > lane.to and at or lane.to
end

--- The lanes of a trace in the order of their numbers; nil when nothing is in
--- it. Each has name, from and to; traces.replay() adds the rest. Then what the
--- trace says of itself: "12 events did not fit".
function traces.read(text)
  local trace, out, lost = {}, {}, nil
  local lines = LINES:match(text)
  for i = 1, #lines, 4 do
    local phase, at, place = lines[i], lines[i + 2], lines[i + 3]
    local lane = lane_of(trace, lines[i + 1], text)
    if phase == 'M' then
      lane.name = string_at(text, 'name', place)
    elseif phase == 'i' and text:match('^[^\n]*"s":"g"', place) then
      lost = string_at(text, 'name', place)
    else
      keep(lane, phase, tonumber(at), place)
    end
  end
  for _, lane in pairs(trace) do
    out[#out + 1] = #lane.events > 0 and lane or nil
  end
  table.sort(out, function(a, b)
    return a.number < b.number
  end)
  return #out > 0 and out or nil, lost
end

-- What a lane does when ------------------------------------------------------

--- In which state a lane is inside these spans, and what to call it.
local function state(lane, spans)
  local top = spans[#spans]
  if not top then
    if lane.is_thread then
      return lane.number == 0 and 'run' or nil
    end
    return 'wait'
  elseif top.name == LOCK then
    return 'lock', 'lock'
  elseif WAITS[top.name] then
    return 'wait', WAITS[top.name]
  elseif top.pid then
    return 'life', top.name
  end
  local named = lane.is_thread and top.name ~= 'thread' or #spans > 1
  return 'run', named and top.name or nil
end

local function earlier(a, b)
  return a.at < b.at or a.at == b.at and a.place < b.place
end

--- Several threads may have told of it, each in the order of time.
local function sort(events)
  for i = 2, #events do
    if earlier(events[i], events[i - 1]) then
      table.sort(events, earlier)
      return
    end
  end
end

local function events_of(lane)
  local events = {}
  lane.is_thread = lane.number == 0 or lane.name:match('^thread %d+$') ~= nil
  for i = 1, #lane.events, 3 do
    local phase, place = lane.events[i], lane.events[i + 2]
    local e = { place = place, at = lane.events[i + 1], phase = phase }
    if phase ~= 'E' then
      e.name = string_at(lane.text, 'name', place)
      e.pid = lane.text:match('^[^\n]-"args":{"pid"', place)
      lane.is_thread = lane.is_thread or e.name == 'thread'
    end
    events[#events + 1] = e
  end
  sort(events)
  return events
end

--- Add to a lane that is drawn: pieces { from =, to =, kind =, word = } and
--- marks { at =, word = }; a kind is run, wait, lock or life (of a child).
function traces.replay(lane)
  local spans, last = {}, nil
  lane.pieces, lane.marks = {}, {}
  for _, e in ipairs(events_of(lane)) do
    lane.is_child = lane.is_child or e.pid and not WAITS[e.name]
    local kind, word = state(lane, spans)
    if last and e.at > last and kind then
      lane.pieces[#lane.pieces + 1] = { from = last, to = e.at, kind = kind,
                                        word = word }
    end
    if e.phase == 'B' then
      spans[#spans + 1] = e
    elseif e.phase == 'E' then
      spans[#spans] = nil
    elseif not QUIET[e.name] then
      lane.marks[#lane.marks + 1] = { at = e.at, word = e.name }
    end
    last = e.at
  end
end

--- How long a lane is in each kind of state, and in each word of waiting.
function traces.totals(lane)
  local kinds, words = {}, {}
  for _, p in ipairs(lane.pieces) do
    kinds[p.kind] = (kinds[p.kind] or 0) + p.to - p.from
    if p.word then
      words[p.word] = (words[p.word] or 0) + p.to - p.from
    end
  end
  return kinds, words
end

return traces
