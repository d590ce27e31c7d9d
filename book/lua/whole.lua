-- The whole book as one text, made of its pages: for one HTML file, for paper
-- and for EPUB. What these share: taking a page's text out of its frame,
-- names that stay unique when pages come together, quiz answers at the end.

local book = require 'book'
local fold = require 'fold'
local whole = {}

local PRINTED = { index = 'Introduction' }

--- What stands between the frame's lines of a page of the book.
local function body_of(html)
  local body = html:match('<main id="top">\n(.-)<nav class="turn"') or ''
  return (body:gsub('<button.-</button>', ''))
end

--- The pages in order: { id =, url =, title =, body = } each.
function whole.pages()
  local titles, out = book.load_titles(), {}
  for _, p in ipairs(book.pages) do
    local html = assert(book.slurp(book.html .. '/' .. p.url))
    local kicker, _, number = book.kicker(p.id)
    out[#out + 1] = { id = p.id, url = p.url, file = p.file,
                      title = titles[p.id] or p.id, body = body_of(html),
                      kicker = kicker, number = number }
  end
  return out
end

--- Begin the first page as a chapter: other formats have a cover and contents.
function whole.as_chapter(page)
  page.title = PRINTED[page.id] or page.title
  if page.id == 'index' then
    page.body = page.body:gsub('(<h1 id="[^"]*">).-(</h1>)',
      '%1' .. page.title .. '%2', 1)
    page.body = page.body:gsub('<h2 id="chapters">.*$', '')
  end
end

--- Without what only a screen has: scripts and what they fill, for which what
--- needs none stands in; and the way to the hints, which are not printed.
function whole.still(html)
  html = html:gsub('<script.-</script>', '')
  html = html:gsub('<div class="play"[^>]*>%s*</div>\n?', '')
  html = html:gsub('<li><a href="src/[^"]*">Hints</a>[^\n]*</li>\n', '')
  html = html:gsub('<ul class="shown%-in">%s*</ul>', '')
  return (html:gsub('</?noscript>', ''))
end

--- Make the ids of a page, and what refers to them, unlike those of others.
function whole.rename(html, prefix)
  local function all(names)
    return (names:gsub('%S+', prefix .. '%0'))
  end
  html = html:gsub('(%sid=")([^"]*)', function(head, id)
    return head .. prefix .. id
  end)
  for _, key in ipairs { 'for', 'aria%-labelledby', 'aria%-describedby',
                         'aria%-controls' } do
    html = html:gsub('(%s' .. key .. '=")([^"]*)', function(head, ids)
      return head .. all(ids)
    end)
  end
  return (html:gsub('url%(#', '%0' .. prefix))
end

--- Replace every address of links with to(address); nil removes the link and
--- leaves its words.
function whole.relink(html, to)
  return (html:gsub('<a(%s[^<>]-)>(.-)</a>', function(attributes, words)
    local address = attributes:match('%shref="([^"]*)"')
    if not address then
      return nil
    end
    local new = to(address)
    if not new then
      return words
    end
    return '<a' .. attributes:gsub('(%shref=")[^"]*', function(head)
      return head .. new
    end) .. '>' .. words .. '</a>'
  end))
end

--- Where an address leads when the pages have become sections of one file;
--- nil if it leads to none of them. known: url -> id.
function whole.inside(known, from)
  return function(address)
    if address:match('^%a[%w+.-]*:') then
      return address
    end
    local base = from:match('^(.*/)') or ''
    local path, anchor = address:match('^([^#]*)#?(.*)$')
    path = path == '' and from or book.resolve(base .. 'x', path)
    local id = known[path]
    return id and '#' .. id .. (anchor ~= '' and '--' .. anchor or '')
  end
end

local ANSWER = '<details[^>]*>%s*<summary>%s*Answer%s*</summary>(.-)</details>'

--- Take the answers out of a page; a link to where each will stand remains.
--- Gives the answers as HTML, nil without any.
function whole.take_answers(page, address)
  local out, count = {}, 0
  page.body = page.body:gsub(ANSWER, function(answer)
    count = count + 1
    local id = page.id .. '-' .. count
    out[#out + 1] = ('<div class="answer"><h3 id="%s">Question %d</h3>\n%s'
      .. '\n</div>'):format(id, count, answer)
    return ('<p class="to-answer"><a href="%s#%s">Answer</a></p>')
      :format(address, id)
  end)
  if count > 0 then
    return ('<h2>%s</h2>\n%s'):format(book.escape(page.title),
                                      table.concat(out, '\n'))
  end
end

--- Everything else that unfolds stands open.
function whole.unfold(html)
  html = fold.join(html):gsub('<summary[^>]*>(.-)</summary>', '')
  return (html:gsub('</?details[^>]*>', ''))
end

--- Take the answers of all pages; they become a page of their own.
function whole.answers(pages, address)
  local out = {}
  for _, page in ipairs(pages) do
    out[#out + 1] = whole.take_answers(page, address)
    page.body = whole.unfold(page.body)
  end
  if #out > 0 then
    pages[#pages + 1] = {
      id = 'answers', url = 'answers.html', title = 'Answers to the questions',
      kicker = 'After the last page', body = '<h1>Answers to the questions</h1>'
        .. '\n' .. table.concat(out, '\n')
    }
  end
end

--- The contents as lists, by part; to(page) is the address of a page.
function whole.contents(pages, to)
  local out, part = { '<ol class="contents">' }, nil
  for _, p in ipairs(pages) do
    local label = (p.kicker or ''):match('^(Part %u+) ·')
    if label ~= part and label then
      out[#out + 1] = ('<li class="part">%s</li>'):format(label)
    end
    part = label
    out[#out + 1] = ('<li><a href="%s">%s</a></li>'):format(to(p),
      (p.number and p.number .. '. ' or '') .. book.escape(p.title))
  end
  out[#out + 1] = '</ol>'
  return table.concat(out, '\n')
end

--- Which edition this is, as edition.sh wrote it.
function whole.edition(path)
  local f = book.split((assert(book.slurp(path)):gsub('\n', '')))
  return { seconds = tonumber(f[1]), date = f[2], day = f[2]:sub(1, 10),
           commit = f[3] }
end

return whole
