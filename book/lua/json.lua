-- Reads JSON: what the explorer prints, and nothing more demanding.

local json = {}

local NULL = {}
local names = { ['true'] = true, ['false'] = false, null = NULL }
local escapes = { b = '\b', f = '\f', n = '\n', r = '\r', t = '\t' }

local read_value

local function broken(text, at)
  error(('no JSON at byte %d: "%s"'):format(at, text:sub(at, at + 20)), 0)
end

local function skip(text, at)
  return text:find('[^ \t\r\n]', at) or #text + 1
end

local function read_string(text, at)
  local last = at
  repeat
    last = text:find('["\\]', last + 1)
    if not last then
      broken(text, at)
    end
    local escaped = text:sub(last, last) == '\\'
    last = escaped and last + 1 or last
  until not escaped
  local raw = text:sub(at + 1, last - 1)
  raw = raw:gsub('\\\\', '\0'):gsub('\\u(%x%x%x%x)', function(hex)
    return utf8.char(tonumber(hex, 16))
  end)
  raw = raw:gsub('\\(.)', function(c)
    return escapes[c] or c
  end)
  return raw:gsub('\0', '\\'), last + 1
end

--- The values between brackets, each read by `one(at)`, which returns where
--- it ends.
local function read_list(text, at, close, one)
  at = skip(text, at + 1)
  if text:sub(at, at) == close then
    return at + 1
  end
  while true do
    at = skip(text, one(at))
    local c = text:sub(at, at)
    if c == close then
      return at + 1
    elseif c ~= ',' then
      broken(text, at)
    end
    at = skip(text, at + 1)
  end
end

local function read_array(text, at)
  local out = {}
  return out, read_list(text, at, ']', function(from)
    local value, after = read_value(text, from)
    out[#out + 1] = value
    return after
  end)
end

local function read_object(text, at)
  local out = {}
  return out, read_list(text, at, '}', function(from)
    if text:sub(from, from) ~= '"' then
      broken(text, from)
    end
    local key, after = read_string(text, from)
    after = skip(text, after)
    if text:sub(after, after) ~= ':' then
      broken(text, after)
    end
    local value
    value, after = read_value(text, skip(text, after + 1))
    if value ~= NULL then
      out[key] = value
    end
    return after
  end)
end

function read_value(text, at)
  local c = text:sub(at, at)
  if c == '{' then
    return read_object(text, at)
  elseif c == '[' then
    return read_array(text, at)
  elseif c == '"' then
    return read_string(text, at)
  end
  local word = text:match('^[%w.+-]+', at) or ''
  local value = names[word]
  if value == nil then
    value = tonumber(word)
  end
  if value == nil then
    broken(text, at)
  end
  return value, at + #word
end

--- The value that text holds; a key whose value is null is left out. nil and
--- what is wrong with it when it is no JSON.
function json.read(text)
  local ok, value, after = pcall(read_value, text, skip(text, 1))
  if not ok then
    return nil, value
  elseif skip(text, after) <= #text then
    return nil, ('something follows the JSON at byte %d'):format(after)
  end
  return value
end

return json
