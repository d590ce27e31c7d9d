-- Reads JSON: what the explorer prints, and nothing more demanding.

local json = {}

local byte, find, match = string.byte, string.find, string.match
local BLANK, QUOTE, COMMA, COLON = (' ",:'):byte(1, 4)
local ARRAY, SQUARE, OBJECT, CURLY = ('[]{}'):byte(1, 4)
local NULL = {}
local names = { ['true'] = true, ['false'] = false, null = NULL }
local escapes = { b = '\b', f = '\f', n = '\n', r = '\r', t = '\t' }

local read_value

local function broken(text, at)
  error(('no JSON at byte %d: "%s"'):format(at, text:sub(at, at + 20)), 0)
end

local function skip(text, at)
  if (byte(text, at) or 0) > BLANK then
    return at
  end
  return find(text, '[^ \t\r\n]', at) or #text + 1
end

local function read_string(text, at)
  local plain, after = match(text, '^"([^"\\]*)"()', at)
  if plain then
    return plain, after
  end
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

--- After a value of a list: where the next begins, or the list ends.
local function go_on(text, at, close)
  at = skip(text, at)
  local c = byte(text, at)
  if c == COMMA then
    return skip(text, at + 1), false
  elseif c ~= close then
    broken(text, at)
  end
  return at + 1, true
end

local function read_array(text, at)
  local out, count, done = {}, 0, false
  at = skip(text, at + 1)
  if byte(text, at) == SQUARE then
    return out, at + 1
  end
  while not done do
    count = count + 1
    out[count], at = read_value(text, at)
    at, done = go_on(text, at, SQUARE)
  end
  return out, at
end

local function read_pair(text, at, out)
  if byte(text, at) ~= QUOTE then
    broken(text, at)
  end
  local key, value
  key, at = read_string(text, at)
  at = skip(text, at)
  if byte(text, at) ~= COLON then
    broken(text, at)
  end
  value, at = read_value(text, skip(text, at + 1))
  if value ~= NULL then
    out[key] = value
  end
  return at
end

local function read_object(text, at)
  local out, done = {}, false
  at = skip(text, at + 1)
  if byte(text, at) == CURLY then
    return out, at + 1
  end
  while not done do
    at, done = go_on(text, read_pair(text, at, out), CURLY)
  end
  return out, at
end

function read_value(text, at)
  local c = byte(text, at)
  if c == OBJECT then
    return read_object(text, at)
  elseif c == ARRAY then
    return read_array(text, at)
  elseif c == QUOTE then
    return read_string(text, at)
  end
  local word = match(text, '^[%w.+-]+', at) or ''
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
