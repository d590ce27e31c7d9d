-- Bytes as text, for pictures that stand in the page itself (RFC 4648).

local base64 = {}

local LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  .. '0123456789+/'

function base64.encode(data)
  local padding = -#data % 3
  local out = (data .. ('\0'):rep(padding)):gsub('...', function(three)
    local a, b, c = three:byte(1, 3)
    local bits = a << 16 | b << 8 | c
    return (('%d %d %d %d'):format(bits >> 18, bits >> 12 & 63, bits >> 6 & 63,
      bits & 63):gsub('(%d+) ?', function(n)
        return LETTERS:sub(n + 1, n + 1)
      end))
  end)
  return out:sub(1, #out - padding) .. ('='):rep(padding)
end

return base64
