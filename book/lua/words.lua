-- Which words of two versions of a line differ.

local common = require 'common'
local words = {}

--- Words, runs of blanks and single signs of a line: { text =, first =,
--- last =, blank = } each, in characters.
local function tokens(line)
  local out, at, position = {}, 1, 0
  while at <= #line do
    local text = line:match('^[%w_\128-\255]+', at) or line:match('^%s+', at)
                 or line:sub(at, at)
    local length = utf8.len(text) or #text
    out[#out + 1] = { text = text, first = position + 1,
                      last = position + length, blank = text:match('^%s') }
    at, position = at + #text, position + length
  end
  return out
end

local function ink_of(token)
  return token.blank and 0 or token.last - token.first + 1
end

--- Set `changed` in the tokens that the other line has not.
local function match(a, b)
  return common.walk(a, b, ink_of, function(x, y)
    if not (x and y) then
      (x or y).changed = true
    end
  end)
end

local function ink(list)
  local count = 0
  for _, token in ipairs(list) do
    count = count + ink_of(token)
  end
  return count
end

--- The set of characters to mark. Blanks between two changed words are, too;
--- those at the ends of the line are not.
local function characters(list)
  local set = {}
  for i, token in ipairs(list) do
    local before, after = list[i - 1], list[i + 1]
    local wanted = token.changed
    if token.blank then
      wanted = before and after and before.changed and after.changed
    end
    for at = token.first, wanted and token.last or 0 do
      set[at] = true
    end
  end
  return set
end

--- The characters of two lines that differ, as sets, and how many are the
--- same; nil if those are too few for one line to be the other one changed.
function words.compare(a, b)
  local left, right = tokens(a), tokens(b)
  local common = match(left, right)
  if common * 5 < math.min(ink(left), ink(right)) * 2 then
    return nil
  end
  return characters(left), characters(right), common
end

return words
