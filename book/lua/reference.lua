-- The way back from the reference: what stands there says which sections of the
-- book name it or show code that does.

local book = require 'book'
local seen = require 'seen'
local reference = {}

--- The names of the API on a page: where each first stands, in order, as
--- { address, section }.
local function names_on(html)
  local section, names, known = '', {}, {}
  for tag in html:gmatch('<[ah][^<>]*>') do
    local heading = tag:match('^<h[23] .*id="([^"]*)"') or
                    tag:match('^<h[23] id="([^"]*)"')
    local address = tag:match('%shref="(api/[^"]*)"')
    section = heading or section
    if address and not known[address] and tag:match('class="api"') then
      known[address] = true
      names[#names + 1] = { address, section }
    end
  end
  return names
end

--- For each address in the reference that the pages name: { address =, links =
--- to where each page first names it, file = that does so first }.
local function all_uses(titles)
  local uses = {}
  for _, page in ipairs(book.pages) do
    for _, name in ipairs(seen.fact('names', page.url, names_on)) do
      local address, section = table.unpack(name)
      if not uses[address] then
        uses[address] = { address = address, links = {}, file = page.file }
        table.insert(uses, uses[address])
      end
      table.insert(uses[address].links, ('<a href="../%s%s">%s</a>'):format(
        page.url, section ~= '' and '#' .. section or '',
        book.escape(titles[page.id] or page.id)))
    end
  end
  return uses
end

local function used_in(list)
  return '<p class="used-in">In the book: ' .. table.concat(list, ' · ')
    .. '</p>\n'
end

local MEMBER = '<div class="memdoc">\n'

--- Where the documentation begins to which an anchor belongs: that of the
--- member it names, or of the one it stands in, as an enumerator does.
local function place(html, anchor)
  local at = html:find(' id="' .. anchor .. '"', 1, true)
  if not at then
    return nil
  end
  local _, member = html:find('</a>\n<h2 class="memtitle">', at, true)
  if member and member - at < 4 * #anchor + 60 then
    return select(2, html:find(MEMBER, at, true))
  end
  local last, after = nil, 1
  while after and after < at do
    last = after
    after = select(2, html:find(MEMBER, after + 1, true))
  end
  return last > 1 and last or nil
end

local LOST = 'it names what should stand at "%s", where the reference has no '
  .. 'documentation: document it, or take the name out'

--- Put the lists into one page of the reference.
local function annotate(html, url, uses)
  for _, use in ipairs(uses) do
    local path, anchor = use.address:match('^([^#]*)#?(.*)$')
    if path == url then
      local at = anchor ~= '' and place(html, anchor) or anchor == '' and
                 select(2, html:find('<div class="contents">\n', 1, true))
      if at then
        html = html:sub(1, at) .. used_in(use.links) .. html:sub(at + 1)
      else
        book.fault(use.file, 0, LOST:format(use.address))
      end
    end
  end
  return html
end

--- Take away pages that the build before made and this one did not. names:
--- those of now, each on its line; kept: the set of them.
local function forget(names, kept)
  local list = book.api_pages .. '.kept'
  for _, name in ipairs(book.lines(book.slurp(list) or '')) do
    if name ~= '' and not kept[name] then
      os.remove(book.html .. '/api/' .. name)
    end
  end
  book.spew(list, names)
end

--- Write a page, unless it stands there so.
local function put(url, html)
  if book.slurp(book.html .. '/' .. url) ~= html then
    book.spew(book.html .. '/' .. url, html)
    seen.forget(url)
  end
end

--- Copy the reference into the book, with the lists in it.
function reference.finish()
  local uses, kept = all_uses(book.load_titles()), {}
  local names = book.slurp(book.api_pages) or ''
  for _, name in ipairs(book.lines(names)) do
    local html = name ~= '' and book.slurp(book.api_raw .. '/' .. name)
    if html then
      kept[name] = true
      put('api/' .. name, annotate(html, 'api/' .. name, uses))
    end
  end
  forget(names, kept)
end

return reference
