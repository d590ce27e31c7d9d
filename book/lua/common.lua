-- What two lists of { text = } have in common, in order.

local common = {}

--- Weights of what the tails of a and b have in common, at most.
local function weights(a, b, weight)
  local t = {}
  for i = #a + 1, 1, -1 do
    t[i] = {}
    for j = #b + 1, 1, -1 do
      if i > #a or j > #b then
        t[i][j] = 0
      elseif a[i].text == b[j].text then
        t[i][j] = t[i + 1][j + 1] + weight(a[i])
      else
        t[i][j] = math.max(t[i + 1][j], t[i][j + 1])
      end
    end
  end
  return t
end

--- Go through both lists and call found(x, y): with a pair that both have, or
--- with one item and nil for the other. Returns the weight of the pairs.
function common.walk(a, b, weight, found)
  local t, i, j = weights(a, b, weight), 1, 1
  while i <= #a or j <= #b do
    if i <= #a and j <= #b and a[i].text == b[j].text then
      found(a[i], b[j])
      i, j = i + 1, j + 1
    elseif j > #b or (i <= #a and t[i + 1][j] >= t[i][j + 1]) then
      found(a[i], nil)
      i = i + 1
    else
      found(nil, b[j])
      j = j + 1
    end
  end
  return t[1][1]
end

return common
