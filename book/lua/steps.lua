-- The steps of a schedule that the explorer has run: which of them to show,
-- and how they read.

local steps = {}

local MOST = 22 -- rows of a figure
local LONGEST = 30 -- characters of a name

local accesses = { read = true, write = true }
-- What happens to a thread or to memory as such; shown when it is the matter.
local housekeeping = { create = true, join = true, ['end'] = true, exit = true,
                       init = true, destroy = true, malloc = true, free = true,
                       detach = true, sleep = true, yield = true,
                       ['return'] = true }
-- Names that say nothing to a reader, and variables of one call.
local obscure = { '^%d+ bytes at ', '^0x%x+$', ' of [%l_][%w_]*$',
                  '^a local of ' }
local takes = { lock = true, trylock = true, ['woken, lock'] = true,
                ['read-lock'] = true, ['write-lock'] = true }

--- Does event e take a lock? Does it give one up, and which?
function steps.takes(e)
  return takes[e.op] and not e.failed
end

function steps.gives(e)
  if e.op == 'unlock' then
    return e.object
  elseif e.op == 'wait' then
    return e.object2
  end
end

--- Objects that several threads touch and at least one changes: a set of names,
--- those of the set `before` included.
function steps.shared(events, before)
  local seen, shared = {}, {}
  for name in pairs(before or {}) do
    shared[name] = true
  end
  for _, e in ipairs(events) do
    local o = e.object and (seen[e.object] or { by = {} })
    if o then
      o.by[e.thread] = true
      o.changed = o.changed or e.op ~= 'read'
      local first = next(o.by)
      shared[e.object] = shared[e.object] or
                         o.changed and next(o.by, first) ~= nil or nil
      seen[e.object] = o
    end
  end
  return shared
end

local function is_obscure(e)
  for _, pattern in ipairs(obscure) do
    if not e.object or e.object:match(pattern) then
      return true
    end
  end
  return false
end

--- How soon a step is left out when there are too many: the highest first.
local function rank(e, shared)
  if e.marked then
    return 0
  elseif housekeeping[e.op] then
    return 4
  elseif not accesses[e.op] then
    return 1
  elseif is_obscure(e) then
    return 6
  elseif e.threads > 1 and shared[e.object] then
    return e.op == 'write' and 2 or 3
  end
  return 5
end

--- The rank up to which steps are shown.
local function choose_rank(count, all)
  local best, sum = 0, 0
  for r = 0, 5 do
    sum = sum + (count[r] or 0)
    local wanted = r <= 3 or all or sum == 0
    if wanted and (sum <= MOST or r <= 1) then
      best = r
    end
  end
  return best
end

--- The events to show, in order, and how many are left out. With all, those
--- that concern threads as such are shown if there is room. A preemption is
--- that of the next step shown.
function steps.select(events, shared, all)
  local count, out, preempted, threads = {}, {}, nil, 1
  for _, e in ipairs(events) do
    threads = e.op == 'create' and threads + 1 or threads
    e.threads = threads -- that could have come in between
    local r = rank(e, shared)
    count[r] = (count[r] or 0) + 1
  end
  local few = next(shared) == nil and not count[1]
  local best = choose_rank(count, all or few)
  for _, e in ipairs(events) do
    preempted = e.preempted and e.thread or preempted
    if rank(e, shared) <= best then
      e.takes_over = preempted == e.thread and #out > 0 and
                     out[#out].thread ~= e.thread
      preempted = nil
      out[#out + 1] = e
    end
  end
  while #out > MOST do
    table.remove(out, 1)
  end
  return out, #events - #out
end

--- A name, cut in the middle when it is long.
function steps.short(name)
  if not name or #name <= LONGEST then
    return name or ''
  end
  return name:sub(1, LONGEST - 12) .. '…' .. name:sub(-10)
end

--- "write counter 0 → 1", "lock mu", with the name as it is or cut.
function steps.words(e, name)
  local out = { e.op, name or e.object }
  if e.before_text and e.op == 'read' then
    out[#out + 1] = e.before_text
  elseif e.before_text then
    out[#out + 1] = e.before_text .. ' → ' .. e.after_text
  end
  if e.failed then
    out[#out + 1] = '(in vain)'
  end
  return table.concat(out, ' ')
end

--- "bad.c:24", or "".
function steps.where(e)
  local file = e.file and e.file:match('[^/]*$')
  return file and e.line and file .. ':' .. e.line or ''
end

--- "24", or "queue.c:24" where the file is not that of the program.
function steps.place(e, program)
  if e.file and e.file:match('[^/]*$') ~= program then
    return steps.where(e)
  end
  return tostring(e.line or '')
end

--- What a thread that is blocked waits for: "waits for mu, which T2 holds".
function steps.blocked(thread, threads)
  local object = steps.short(thread.blocked_object)
  local other = thread.waits_for and threads[thread.waits_for + 1]
  if thread.blocked_op == 'join' then
    return 'waits for ' .. object .. ' to end'
  elseif thread.blocked_op == 'wait' then
    return 'waits on ' .. object
  elseif other then
    return ('waits for %s, which %s has'):format(object, other.name)
  end
  return 'waits for ' .. object
end

return steps
