-- The index of the search: a row for each section of each page, and for each
-- name of the API.

local book = require 'book'
local seen = require 'seen'
local search = {}

local NAMES = { lt = '<', gt = '>', amp = '&', quot = '"', nbsp = ' ' }

--- The words of a piece of HTML.
local function plain(html)
  html = html:gsub('<script.-</script>', ' '):gsub('<style.-</style>', ' ')
  html = html:gsub('<button.-</button>', ' '):gsub('<br', ' <br')
  html = html:gsub('<summary>.-</summary>', ' ')
  html = html:gsub('</[ptlhd]%w*>', ' '):gsub('<[^<>]*>', '')
  html = html:gsub('&#(%d+);', function(n)
    return utf8.char(tonumber(n))
  end)
  html = html:gsub('&(%a+);', NAMES)
  html = html:gsub('captured from sources %x+', ' ')
  return (html:gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', ''))
end

local function add(rows, page, id, heading, html)
  local text = plain(html)
  if text ~= '' then
    rows[#rows + 1] = { page.url .. (id and '#' .. id or ''), page.title,
                        heading, text }
  end
end

local function rows_of(page, html)
  local rows = {}
  local body = html:match('<main id="top">\n(.-)<nav class="turn"') or ''
  body = body:gsub('^.-</h1>', '', 1)
  local id, heading, from = nil, page.title, 1
  for at, attributes, words, after in
      body:gmatch('()<h[23]([^>]*)>(.-)</h[23]>()') do
    local own = attributes:match('id="([^"]*)"')
    if own then
      add(rows, page, id, heading, body:sub(from, at - 1))
      id, heading, from = own, plain(words), after
    end
  end
  add(rows, page, id, heading, body:sub(from))
  return rows
end

--- All rows: { address, page, heading, text } each.
function search.rows()
  local rows, titles = {}, book.load_titles()
  for _, p in ipairs(book.pages) do
    local its = seen.fact('rows', p.url, function(html)
      return rows_of({ url = p.url, title = titles[p.id] or p.id }, html)
    end)
    table.move(its, 1, #its, #rows + 1, rows)
  end
  for _, line in ipairs(book.lines(book.slurp(book.api) or '')) do
    local f = book.split(line)
    if f[2] then
      rows[#rows + 1] = { 'api/' .. f[2], 'Reference', f[1], f[3] or '' }
    end
  end
  return rows
end

local function quote(text)
  return '"' .. text:gsub('[%c"\\<]', function(c)
    return ('\\u%04x'):format(c:byte())
  end) .. '"'
end

--- Rows as the script that search.js loads.
function search.script(rows)
  local out = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for k = 1, 4 do
      cells[k] = quote(row[k])
    end
    out[i] = '[' .. table.concat(cells, ',') .. ']'
  end
  return 'wbIndex([\n' .. table.concat(out, ',\n') .. '\n]);\n'
end

return search
