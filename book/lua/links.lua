-- Whether every link of the finished pages leads somewhere: those of the
-- chapters, of the files they link, and of the reference.

local book = require 'book'
local links = {}

local ids_of = {}

--- The ids of a page, counted.
function links.ids(url)
  if not ids_of[url] then
    local counted = {}
    local html = book.slurp(book.html .. '/' .. url) or ''
    for id in html:gmatch('<[^<>]-%sid="([^"]*)"') do
      counted[id] = (counted[id] or 0) + 1
    end
    ids_of[url] = counted
  end
  return ids_of[url]
end

local exists = {}

local function is_there(url)
  if exists[url] == nil then
    local handle = io.open(book.html .. '/' .. url, 'rb')
    exists[url] = handle ~= nil
    if handle then
      handle:close()
    end
  end
  return exists[url]
end

--- The path and the anchor that an address on a page means; nil for the web.
local function resolve(from, address)
  if address:match('^%a[%w+.-]*:') then
    return nil
  end
  local path, anchor = address:match('^([^#]*)#?(.*)$')
  return path == '' and from or book.resolve(from, path) or path, anchor
end

local DEAD = 'its page points at "%s", which the build did not make: remove %s '
  .. 'and build again'
local ANCHOR = 'its page points at "%s", and there is no such place: mend the '
  .. 'link, or what it should lead to'

--- Look at each address of a page; found(url) is told of pages it leads to.
local function check_page(url, file, found)
  local html = assert(book.slurp(book.html .. '/' .. url))
  local seen = {}
  for address in html:gmatch('%s[hs]re?[fc]="([^"]*)"') do
    local path, anchor = resolve(url, address)
    if path and not seen[address] then
      seen[address] = true
      if not is_there(path) then
        book.fault(file, 0, DEAD:format(address, book.html))
      elseif path:match('%.html$') then
        found(path)
        if anchor ~= '' and not links.ids(path)[anchor] then
          book.fault(file, 0, ANCHOR:format(address))
        end
      end
    end
  end
end

--- Check the pages of the book, and all that can be reached from them.
function links.check()
  local pages, known = {}, {}
  local function add(url, file)
    if not known[url] then
      known[url] = true
      pages[#pages + 1] = { url = url, file = file }
    end
  end
  for _, page in ipairs(book.pages) do
    add(page.url, page.file)
  end
  local i = 1
  while pages[i] do
    check_page(pages[i].url, pages[i].file, function(url)
      add(url, url:gsub('^src/', 'the page '):gsub('^api/', 'the reference, '))
    end)
    i = i + 1
  end
end

return links
