-- Makes the HTML of which weasyprint makes the PDF: a cover, contents with
-- page numbers, the pages, and the answers at the end. Runs as a filter of an
-- empty document. Pictures are read from html/ when the PDF is made.
--
-- Metadata: manifest, style, paper (the sheet of colours), edition, to.

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'
local whole = require 'whole'

local SHORT = 32 -- lines that should stay on one page

--- Mark code and output that would leave only a small gap if it moved to a new
--- page.
local function mark_short(html)
  return (html:gsub('<figure class="(%l+)">(.-)</figure>', function(kind, inner)
    local _, lines = inner:gsub('\n', '')
    return lines <= SHORT and ('<figure class="%s short">%s</figure>'):format(
      kind, inner) or nil
  end))
end

--- Mark tables of three columns. The sheet makes their columns equal, as
--- weasyprint takes a row of code that could be broken for one long word, and
--- the last column then stands beyond the edge of the paper.
local function mark_thirds(html)
  return (html:gsub('<table>(%s*<thead>%s*<tr[^>]*>(.-)</tr>)',
    function(head, cells)
      local _, columns = cells:gsub('<th', '')
      return columns == 3 and '<table class="thirds">' .. head or nil
    end))
end

local function section(page, known)
  local body = mark_short(whole.rename(page.body, page.id .. '--'))
  body = mark_thirds(body)
  body = whole.relink(body, whole.inside(known, page.url))
  return ('<section class="chapter" id="%s">\n%s</section>\n'):format(page.id,
                                                                      body)
end

function Pandoc(doc)
  local meta = doc.meta
  book.load(meta.manifest)
  local edition = whole.edition(meta.edition)
  local pages, known, out = whole.pages(), {}, {}
  local title = pages[1].title
  for _, page in ipairs(pages) do
    whole.as_chapter(page)
    page.body = whole.still(page.body)
  end
  whole.answers(pages, 'answers.html')
  for _, page in ipairs(pages) do
    known[page.url] = page.id
  end
  for _, page in ipairs(pages) do
    out[#out + 1] = section(page, known)
  end
  local shell = assert(book.slurp(meta.style .. '/../print/pdf.html'))
  local values = {
    title = book.escape(title), commit = edition.commit, day = edition.day,
    date = edition.date, book = table.concat(out),
    contents = whole.contents(pages, function(p) return '#' .. p.id end),
    css = assert(book.slurp(meta.paper))
      .. assert(book.slurp(meta.style .. '/../print/pdf.css'))
  }
  book.spew(meta.to, (shell:gsub('@(%w+)@', values)))
end
