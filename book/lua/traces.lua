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

-- Lines --------------------------------------------------------------------

local function lane_of(trace, number)
  local lane = trace[number]
  if not lane then
    lane = { number = number, name = 'track ' .. number, lines = {},
             times = {}, from = math.huge, to = 0 }
    trace[number] = lane
  end
  return lane
end

--- A line of a lane, which is only read if the lane is drawn.
local function keep(lane, line, at)
  local n = #lane.lines + 1
  lane.lines[n], lane.times[n] = line, at
  lane.from, lane.to = math.min(lane.from, at), math.max(lane.to, at)
end

--- What stands in a line without a time: perhaps the name of a lane.
local function take_name(trace, line)
  local number = line:match('^{"ph":"M","pid":%d+,"tid":(%d+)')
  if number and string_at(line, 'name') == 'thread_name' then
    lane_of(trace, tonumber(number)).name =
      string_at(line:match('"args":(.*)$'), 'name')
  end
end

--- The lanes of a trace in the order of their numbers; nil when nothing is in
--- it. Each has name, from and to; traces.replay() adds the rest. Then what the
--- trace says of itself: "12 events did not fit".
function traces.read(text)
  local trace, out, lost = {}, {}, nil
  for line in text:gmatch('[^\n]+') do
    local phase, number, at =
      line:match('^{"ph":"(%a)","pid":%d+,"tid":(%d+),"ts":([%d.]+)')
    if not phase then
      take_name(trace, line)
    elseif phase == 'i' and line:find('"s":"g"', 1, true) then
      lost = string_at(line, 'name')
    else
      keep(lane_of(trace, tonumber(number)), line, tonumber(at))
    end
  end
  for _, lane in pairs(trace) do
    out[#out + 1] = #lane.lines > 0 and lane or nil
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
  for i, line in ipairs(lane.lines) do
    local e = { place = i, at = lane.times[i], phase = line:sub(8, 8) }
    if e.phase ~= 'E' then
      e.name = string_at(line, 'name')
      e.pid = line:find('"args":{"pid"', 1, true)
      lane.is_thread = lane.is_thread or e.name == 'thread'
    end
    events[i] = e
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
