-- Which words of two versions of a line differ.

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

--- Lengths in characters of what the tails of a and b have in common.
local function lengths(a, b)
  local t = {}
  for i = #a + 1, 1, -1 do
    t[i] = {}
    for j = #b + 1, 1, -1 do
      if i > #a or j > #b then
        t[i][j] = 0
      elseif a[i].text == b[j].text then
        local own = a[i].blank and 0 or a[i].last - a[i].first + 1
        t[i][j] = t[i + 1][j + 1] + own
      else
        t[i][j] = math.max(t[i + 1][j], t[i][j + 1])
      end
    end
  end
  return t
end

--- Set `changed` in the tokens that the other line has not.
local function match(a, b)
  local t, i, j = lengths(a, b), 1, 1
  while i <= #a or j <= #b do
    if i <= #a and j <= #b and a[i].text == b[j].text then
      i, j = i + 1, j + 1
    elseif j > #b or (i <= #a and t[i + 1][j] >= t[i][j + 1]) then
      a[i].changed, i = true, i + 1
    else
      b[j].changed, j = true, j + 1
    end
  end
  return t[1][1]
end

local function ink(list)
  local count = 0
  for _, token in ipairs(list) do
    count = count + (token.blank and 0 or token.last - token.first + 1)
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
