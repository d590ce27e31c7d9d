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

local function string_at(line, key)
  local raw = line:match('"' .. key .. '":"(.-)"[,}]')
  return raw and (raw:find('\\', 1, true) and unescape(raw) or raw)
end

-- Events -------------------------------------------------------------------

local function new_lane(lanes, number)
  local lane = { number = number, name = 'track ' .. number, events = {} }
  lanes[number] = lane
  return lane
end

local function add(trace, line, phase, number)
  local lane = trace.lanes[number] or new_lane(trace.lanes, number)
  local name = string_at(line, 'name')
  if phase == 'M' then
    if name == 'thread_name' then
      lane.name = string_at(line:match('"args":(.*)$'), 'name')
    end
    return
  end
  local at = tonumber(line:match('"ts":([%d.]+)'))
  if line:find('"s":"g"', 1, true) then
    trace.lost = name -- "12 events did not fit"
    return
  end
  lane.is_thread = lane.is_thread or name == 'thread' or number == 0
  lane.events[#lane.events + 1] = { phase = phase, at = at, name = name,
                                    pid = line:find('"args":{"pid"', 1, true) }
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

--- Several threads may have told of a track, each in the order of time.
local function sort(events)
  for i, e in ipairs(events) do
    e.place = i
  end
  table.sort(events, function(a, b)
    return a.at < b.at or a.at == b.at and a.place < b.place
  end)
end

local function replay(lane)
  sort(lane.events)
  local spans, last = {}, nil
  lane.pieces, lane.marks = {}, {}
  for _, e in ipairs(lane.events) do
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
  lane.from, lane.to = lane.events[1].at, last
end

--- The lanes of a trace in the order of their numbers; nil when nothing is in
--- it. Each has name, from, to, pieces { from =, to =, kind =, word = } and
--- marks { at =, word = }; a kind is run, wait, lock or life (of a child).
function traces.read(text)
  local trace, out = { lanes = {} }, {}
  for line in text:gmatch('[^\n]+') do
    local phase, number = line:match('^{"ph":"(%a)","pid":%d+,"tid":(%d+)')
    if phase then
      add(trace, line, phase, tonumber(number))
    end
  end
  for _, lane in pairs(trace.lanes) do
    if lane.name:match('^thread %d+$') then
      lane.is_thread = true
    end
    if #lane.events > 0 then
      replay(lane)
      out[#out + 1] = lane
    end
  end
  table.sort(out, function(a, b)
    return a.number < b.number
  end)
  return #out > 0 and out or nil, trace.lost
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
