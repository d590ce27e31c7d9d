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

-- Lines --------------------------------------------------------------------

local P, C, Cc, R = lpeg.P, lpeg.C, lpeg.Cc, lpeg.R
local NUMBER = C((R '09' + '.') ^ 1)
local TRACK = '","pid":' * R '09' ^ 1 * ',"tid":' * NUMBER
local STRING = P '"' * C((P '\\' * 1 + 1 - P '"') ^ 0) * '"'
local TAG = ',"args":{"pid"' * Cc 'child' + ',"s":"g"' * Cc 'lost' + Cc(false)
local EVENT = '{"ph":"' * C(R 'az' + R 'AZ') * TRACK * ',"ts":' * NUMBER *
              (',"name":' * STRING * TAG + Cc(false) * Cc(false))
local NAME = '{"ph":"' * C 'M' * TRACK * Cc '0' *
             ',"name":"thread_name","args":{"name":' * STRING * Cc(false)
local REST = (1 - P '\n') ^ 0 * '\n' + (1 - P '\n') ^ 1

--- Of each event and each name of a lane: phase, lane, time, name, tag.
local LINES = lpeg.Ct(((EVENT + NAME) ^ -1 * REST) ^ 0)
local PHASE, LANE, TIME, NAMED, TAGGED, STEP = 0, 1, 2, 3, 4, 5

local function lane_of(lanes, number, lines)
  local lane = lanes[number]
  if not lane then
    lane = { number = tonumber(number), name = 'track ' .. number,
             lines = lines, from = math.huge, to = 0 }
    lanes[number] = lane
  end
  return lane
end

--- That an event of a lane stands at i; of it more is read if it is drawn.
local function keep(lane, at, i)
  lane[#lane + 1] = i
  lane.from = at < lane.from and at or lane.from
  lane.to = at > lane.to and at or lane.to
end

--- The lanes of a trace in the order of their numbers; nil when nothing is in
--- it. Each has name, from and to; traces.replay() adds the rest. Then what the
--- trace says of itself: "12 events did not fit".
function traces.read(text)
  local lines, lanes, out, lost = LINES:match(text), {}, {}, nil
  for i = 1, #lines, STEP do
    local phase, at = lines[i + PHASE], tonumber(lines[i + TIME])
    local lane = lane_of(lanes, lines[i + LANE], lines)
    lines[i + TIME] = at
    if phase == 'M' then
      lane.name = unescape(lines[i + NAMED])
    elseif lines[i + TAGGED] == 'lost' then
      lost = unescape(lines[i + NAMED])
    else
      keep(lane, at, i)
    end
  end
  for _, lane in pairs(lanes) do
    out[#out + 1] = lane[1] and lane or nil
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
  end
  local name = lane.lines[top + NAMED]
  if name == LOCK then
    return 'lock', 'lock'
  elseif WAITS[name] then
    return 'wait', WAITS[name]
  elseif lane.lines[top + TAGGED] == 'child' then
    return 'life', unescape(name)
  end
  local named = lane.is_thread and name ~= 'thread' or #spans > 1
  return 'run', named and unescape(name) or nil
end

--- Several threads may have told of it, each in the order of time.
local function sort(lane)
  local lines = lane.lines
  local function earlier(a, b)
    local s, t = lines[a + TIME], lines[b + TIME]
    return s < t or s == t and a < b
  end
  for n = 2, #lane do
    if earlier(lane[n], lane[n - 1]) then
      table.sort(lane, earlier)
      return
    end
  end
end

local function is_thread(lane)
  local does = lane.number == 0 or lane.name:match('^thread %d+$') ~= nil
  for _, i in ipairs(lane) do
    does = does or lane.lines[i + NAMED] == 'thread'
  end
  return does
end

--- Add to a lane that is drawn: pieces { from =, to =, kind =, word = } and
--- marks { at =, word = }; a kind is run, wait, lock or life (of a child).
function traces.replay(lane)
  local lines, spans, last = lane.lines, {}, nil
  lane.pieces, lane.marks, lane.is_thread = {}, {}, is_thread(lane)
  sort(lane)
  for _, i in ipairs(lane) do
    local phase, at, name = lines[i + PHASE], lines[i + TIME], lines[i + NAMED]
    lane.is_child = lane.is_child or
                    lines[i + TAGGED] == 'child' and not WAITS[name]
    local kind, word = state(lane, spans)
    if last and at > last and kind then
      lane.pieces[#lane.pieces + 1] = { from = last, to = at, kind = kind,
                                        word = word }
    end
    if phase == 'B' then
      spans[#spans + 1] = i
    elseif phase == 'E' then
      spans[#spans] = nil
    elseif not QUIET[name] then
      lane.marks[#lane.marks + 1] = { at = at, word = unescape(name) }
    end
    last = at
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
