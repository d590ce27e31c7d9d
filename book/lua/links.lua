-- Whether every link of the finished pages leads somewhere: those of the
-- chapters, of the files they link, and of the reference.

local book = require 'book'
local seen = require 'seen'
local links = {}

local function count_ids(html)
  local counted = {}
  for id in html:gmatch('<[^<>]-%sid="([^"]*)"') do
    counted[id] = (counted[id] or 0) + 1
  end
  return counted
end

--- The ids of a page, counted.
function links.ids(url)
  return seen.fact('ids', url, count_ids)
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

--- The addresses on a page that are in the book, each once: { address, path,
--- anchor }.
local function addresses(url)
  return seen.fact('addresses', url, function(html)
    local all, known = {}, {}
    for address in html:gmatch('%s[hs]re?[fc]="([^"]*)"') do
      local path, anchor = resolve(url, address)
      if path and not known[address] then
        known[address] = true
        all[#all + 1] = { address, path, anchor }
      end
    end
    return all
  end)
end

--- Look at each address of a page; found(url) is told of pages it leads to.
local function check_page(url, file, found)
  for _, its in ipairs(addresses(url)) do
    local address, path, anchor = table.unpack(its)
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
