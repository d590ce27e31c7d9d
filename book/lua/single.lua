-- Makes the one HTML file that holds the whole book: pages, the files they
-- link, the reference, pictures, styles and scripts. Runs as a filter of an
-- empty document.
--
-- Metadata: manifest, style (the sheets), edition, to (the file to write).

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local base64 = require 'base64'
local book = require 'book'
local search = require 'search'
local whole = require 'whole'

--- The pages of a directory of html/, with what their frames hold.
local function others(dir, names, pattern)
  local out = {}
  for _, name in ipairs(names) do
    local url = dir .. '/' .. name
    local html = book.slurp(book.html .. '/' .. url)
    local body = html and html:match(pattern)
    if body then
      local title = html:match('<title>(.-)</title>')
      out[#out + 1] = { id = (url:gsub('%.html$', ''):gsub('/', '.')),
                        url = url, body = body, title = title }
    end
  end
  return out
end

--- Names of the source pages that the pages link.
local function linked_sources(pages)
  local names, seen = {}, {}
  for _, page in ipairs(pages) do
    for name in page.body:gmatch('href="src/([^"#]*)') do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

local MIME = { svg = 'image/svg+xml', png = 'image/png' }

local function inline_images(html)
  return (html:gsub('(<img%s[^>]-src=")([^"]*)', function(head, src)
    local data = book.slurp(book.html .. '/' .. src)
    local kind = MIME[src:match('%.(%w+)$') or '']
    if not data or not kind then
      return nil
    end
    return head .. 'data:' .. kind .. ';base64,' .. base64.encode(data)
  end))
end

local function section(page, known)
  local body = whole.rename(page.body, page.id .. '--')
  body = whole.relink(body, whole.inside(known, page.url))
  return ('<section class="leaf" id="%s">\n%s</section>\n'):format(page.id,
    inline_images(body))
end

local function sections(pages, known)
  local out = {}
  for _, page in ipairs(pages) do
    out[#out + 1] = section(page, known)
  end
  return table.concat(out)
end

--- The index of the search, for sections instead of pages.
local function search_index(known)
  local to, rows = whole.inside(known, 'index.html'), search.rows()
  for _, row in ipairs(rows) do
    row[1] = to(row[1]) or '#top'
  end
  return '<script>\n' .. search.script(rows) .. '</script>\n'
end

--- The scripts that pages of the book load, in order.
local function scripts(style)
  local shell = assert(book.slurp(style .. '/../template.html'))
  local out = {}
  for name in shell:gmatch('<script src="style/([^"]*)"') do
    local text = assert(book.slurp(style .. '/' .. name))
    assert(not text:find('</script', 1, true))
    out[#out + 1] = '<script>\n' .. text .. '</script>\n'
  end
  return table.concat(out)
end

function Pandoc(doc)
  local meta = doc.meta
  book.load(meta.manifest)
  local edition = whole.edition(meta.edition)
  local pages = whole.pages()
  local files = others('src', linked_sources(pages),
                       '<main id="top">\n(.-)</main>')
  local reference = others('api', book.lines(book.slurp(book.api_pages) or ''),
                           '<main id="top">\n(.-)</main>')
  local known = {}
  for _, list in ipairs { pages, files, reference } do
    for _, page in ipairs(list) do
      known[page.url] = page.id
    end
  end
  local style = meta.style
  local shell = assert(book.slurp(style .. '/../print/single.html'))
  local values = {
    title = book.escape(pages[1].title), commit = edition.commit,
    day = edition.day, book = sections(pages, known),
    files = sections(files, known), reference = sections(reference, known),
    contents = whole.contents(pages, function(p) return '#' .. p.id end),
    scripts = scripts(style) .. search_index(known),
    css = assert(book.slurp(book.html .. '/style/book.css'))
      .. assert(book.slurp(style .. '/api.css'))
      .. assert(book.slurp(style .. '/../print/single.css'))
  }
  book.spew(meta.to, (shell:gsub('@(%w+)@', values)))
end
