-- Makes the EPUB 3: a cover page, the navigation document, a file per page,
-- the answers at the end. Runs as a filter of an empty document.
--
-- Metadata: manifest, style, paper (the sheet of colours), edition, to.

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'
local whole = require 'whole'
local zip = require 'zip'

local prints
local MIME = { svg = 'image/svg+xml', png = 'image/png' }

--- A file of print/ with its blanks filled in.
local function fill(name, values)
  local shell = assert(book.slurp(prints .. '/' .. name))
  return (shell:gsub('@(%w+)@', values))
end

--- What HTML allows and XML does not.
local function as_xml(html)
  html = html:gsub('<(br)>', '<%1/>'):gsub('<(hr)>', '<%1/>')
  html = html:gsub('(<img%s[^>]-)%s*/?>', '%1/>')
  html = html:gsub('(<col%s[^>]-)%s*/?>', '%1/>')
  return (html:gsub('&nbsp;', '&#160;'))
end

--- Notes go below the text: the reader shows them when they are asked for.
local function notes_below(body)
  local notes = {}
  body = body:gsub('<span class="sidenote" id="([^"]*)"[^>]*>(.-)</span>'
    .. '<!%-%-note%-%->', function(id, text)
    notes[#notes + 1] = ('<aside epub:type="footnote" id="%s"><p>%s</p>'
      .. '</aside>'):format(id, text)
    return ''
  end)
  body = body:gsub('<a class="note%-ref"', '%0 epub:type="noteref"')
  return body .. table.concat(notes, '\n')
end

local function address_of(known, from)
  return function(address)
    if address:match('^%a[%w+.-]*:') or address:match('^#') then
      return address
    end
    local path, anchor = address:match('^([^#]*)(.*)$')
    return known[path] and known[path] .. '.xhtml' .. anchor
  end
end

--- Collect a page's pictures: name -> data.
local function take_images(body, images)
  for src in body:gmatch('<img%s[^>]-src="([^"]*)') do
    images[src] = assert(book.slurp(book.html .. '/' .. src))
  end
end

local function navigation(pages)
  local rows = {}
  for _, p in ipairs(pages) do
    rows[#rows + 1] = ('<li><a href="%s.xhtml">%s</a></li>'):format(p.name,
      book.escape(p.title))
  end
  return fill('page.xhtml', { title = 'Contents', body =
    '<nav epub:type="toc" id="toc"><h1>Contents</h1>\n<ol>\n'
    .. table.concat(rows, '\n') .. '\n</ol></nav>' })
end

local function cover(title, edition)
  return fill('page.xhtml', { title = title, body =
    ('<h1 class="cover-title">%s</h1>\n'
    .. '<p class="cover-text">A workbook on concurrency in C</p>\n'
    .. '<p class="cover-text">Edition of %s</p>\n<p class="cover-text">%s</p>')
    :format(title, edition.day, edition.commit) })
end

--- XHTML asks for well-formed ids, which may not begin with a digit.
local function name_of(id)
  return id:match('^%d') and 'c' .. id or id
end

local function manifest(pages, images)
  local items, spine = {}, {}
  local function add(id, href, kind, extra)
    items[#items + 1] = ('<item id="%s" href="%s" media-type="%s"%s/>')
      :format(id, href, kind, extra or '')
  end
  add('cover', 'cover.xhtml', 'application/xhtml+xml')
  spine[1] = '<itemref idref="cover"/>\n<itemref idref="nav"/>'
  for _, p in ipairs(pages) do
    add(p.name, p.name .. '.xhtml', 'application/xhtml+xml',
        p.body:find('<svg', 1, true) and ' properties="svg"' or nil)
    spine[#spine + 1] = ('<itemref idref="%s"/>'):format(p.name)
  end
  for i, src in ipairs(images) do
    add('i' .. i, src, MIME[src:match('%.(%w+)$')])
  end
  return table.concat(items, '\n'), table.concat(spine, '\n')
end

local function prepare(pages)
  local known = {}
  for _, p in ipairs(pages) do
    whole.as_chapter(p)
    p.body = whole.still(p.body)
  end
  whole.answers(pages, 'answers.html')
  for _, p in ipairs(pages) do
    p.name = name_of(p.id)
    known[p.url] = p.name
  end
  for _, p in ipairs(pages) do
    p.body = p.body:gsub('(%sid=")(%d)', '%1c%2')
    p.body = p.body:gsub('(<a%s[^>]-#)(%d)', '%1c%2')
    p.body = as_xml(notes_below(whole.relink(p.body, address_of(known))))
  end
end

function Pandoc(doc)
  local meta = doc.meta
  book.load(meta.manifest)
  prints = meta.style .. '/../print'
  local edition, pages, images = whole.edition(meta.edition), whole.pages(), {}
  local title = book.escape(pages[1].title)
  prepare(pages)
  local css = assert(book.slurp(meta.paper))
    .. assert(book.slurp(meta.style .. '/../print/epub.css'))
  local files = { { name = 'mimetype', data = 'application/epub+zip' },
                  { name = 'META-INF/container.xml',
                    data = fill('container.xml', {}) } }
  local function add(name, data)
    files[#files + 1] = { name = 'EPUB/' .. name, data = data }
  end
  add('cover.xhtml', cover(title, edition))
  for _, p in ipairs(pages) do
    take_images(p.body, images)
    add(p.name .. '.xhtml', fill('page.xhtml', { title = book.escape(p.title),
                                                 body = p.body }))
  end
  local names = {}
  for name in pairs(images) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    add(name, images[name])
  end
  local items, spine = manifest(pages, names)
  add('nav.xhtml', navigation(pages))
  add('book.css', css)
  add('book.opf', fill('package.opf', { title = title, date = edition.date,
    commit = edition.commit, items = items, spine = spine }))
  book.spew(meta.to, zip.pack(files, edition.seconds))
end
