-- What was read off the finished pages, kept from one build to the next: to
-- read all of them takes longer than to make one.

local book = require 'book'
local seen = {}

local kept = {} -- url -> { kind -> value }

--- Take what the build before left in a file, but for pages that have changed
--- since; nothing if the filters themselves have.
function seen.begin(file)
  local chunk = loadfile(file, 't', {})
  local ok, value = pcall(chunk or error)
  if not ok or type(value) ~= 'table' then
    return
  end
  local filters = PANDOC_SCRIPT_FILE:match('^(.*)/') or '.'
  local newer = pandoc.pipe('find', {
    book.html, filters, '-newer', file, '(', '-name', '*.html', '-o',
    '-name', '*.lua', ')'
  }, '')
  if newer:find('.lua\n', 1, true) then
    return
  end
  kept = value
  for path in newer:gmatch('[^\n]+') do
    seen.forget(path:sub(#book.html + 2))
  end
end

--- The page is not what it was.
function seen.forget(url)
  kept[url] = nil
end

--- read(html) of the page at url, "" if there is none; what it returns, strings
--- and numbers and tables of them, is kept by the name of kind.
function seen.fact(kind, url, read)
  local page = kept[url] or {}
  kept[url] = page
  if page[kind] == nil then
    page[kind] = read(book.slurp(book.html .. '/' .. url) or '')
  end
  return page[kind]
end

local function put(out, value)
  if type(value) ~= 'table' then
    out[#out + 1] = ('%q'):format(value)
    return
  end
  out[#out + 1] = '{'
  for i, item in ipairs(value) do
    put(out, item)
    out[#out + 1] = ','
  end
  for key, item in pairs(value) do
    if type(key) == 'string' then
      out[#out + 1] = ('[%q]='):format(key)
      put(out, item)
      out[#out + 1] = ','
    end
  end
  out[#out + 1] = '}'
end

--- Leave all of it for the next build.
function seen.finish(file)
  local out = { 'return ' }
  put(out, kept)
  book.spew(file, table.concat(out))
end

return seen
