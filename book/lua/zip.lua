-- Writes a zip archive whose files are stored, not compressed: what an EPUB
-- asks of its first file and allows for all. The same files give the same
-- bytes. Source of the layout: PKWARE's APPNOTE.TXT, 4.3.

local zip = {}

local crc_of_byte = {}
for n = 0, 255 do
  local c = n
  for _ = 1, 8 do
    c = c & 1 == 1 and (c >> 1) ~ 0xEDB88320 or c >> 1
  end
  crc_of_byte[n] = c
end

local function crc32(data)
  local crc = 0xFFFFFFFF
  for first = 1, #data, 4096 do
    for _, byte in ipairs { data:byte(first, math.min(first + 4095, #data)) } do
      crc = crc >> 8 ~ crc_of_byte[crc & 0xFF ~ byte]
    end
  end
  return crc ~ 0xFFFFFFFF
end

--- Seconds since 1970 as the archive keeps them: date and time in 32 bits.
local function dos_time(seconds)
  local t = os.date('!*t', math.max(seconds, 315532800)) -- from 1980 on
  return (t.year - 1980) << 25 | t.month << 21 | t.day << 16 | t.hour << 11 |
         t.min << 5 | t.sec >> 1
end

local STORED, UTF8, VERSION = 0, 0x800, 10

--- files: { { name =, data = } … } in order; seconds: the time of all.
function zip.pack(files, seconds)
  local out, list, at, time = {}, {}, 0, dos_time(seconds)
  for _, f in ipairs(files) do
    -- The first file must be recognised by its first bytes: no flags.
    local flags = at == 0 and 0 or UTF8
    local both = ('<I2I2I2I4I4I4I4I2I2'):pack(VERSION, flags, STORED, time,
      crc32(f.data), #f.data, #f.data, #f.name, 0)
    local head = 'PK\3\4' .. both .. f.name
    out[#out + 1] = head .. f.data
    list[#list + 1] = 'PK\1\2' .. ('<I2'):pack(VERSION) .. both
      .. ('<I2I2I2I4I4'):pack(0, 0, 0, 0, at) .. f.name
    at = at + #head + #f.data
  end
  local directory = table.concat(list)
  out[#out + 1] = directory .. 'PK\5\6' .. ('<I2I2I2I2I4I4I2'):pack(0, 0,
    #files, #files, #directory, at, 0)
  return table.concat(out)
end

return zip
