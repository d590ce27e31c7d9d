-- What the book's filters share: the manifest, messages, files, names of pages.
--
-- The manifest is written by wb_add_book() (WbBook.cmake): one "key<TAB>value"
-- a line, a page as "page<TAB>id<TAB>file", an appendix with a fourth field,
-- "appendix". Files are named relative to the root of the repository, in
-- messages as well.

local book = { pages = {}, page_of = {}, sources = {}, pending = {},
               coming = {}, appendices = {}, read_files = {} }
local faults = {}

function book.split(line)
  local fields = {}
  for field in (line .. '\t'):gmatch('([^\t]*)\t') do
    fields[#fields + 1] = field
  end
  return fields
end

--- Note a fault; the build fails at book.finish() and shows them all.
function book.fault(file, line, text)
  faults[#faults + 1] = { file = file, line = tonumber(line) or 0, text = text }
end

--- End the process with status 1 if there were faults.
function book.finish()
  if #faults == 0 then
    return
  end
  table.sort(faults, function(a, b)
    if a.file ~= b.file then
      return a.file < b.file
    elseif a.line ~= b.line then
      return a.line < b.line
    end
    return a.text < b.text
  end)
  local last
  for _, f in ipairs(faults) do
    local message = ('%s:%d: %s\n'):format(f.file, f.line, f.text)
    if message ~= last then
      io.stderr:write(message)
    end
    last = message
  end
  os.exit(1)
end

--- Read a file of the machine; nil if there is none or it is a directory.
function book.slurp(path)
  local handle = io.open(path, 'rb')
  local text = handle and handle:read('a')
  if handle then
    handle:close()
  end
  return text
end

--- Write a file so that nobody ever sees half of it.
function book.spew(path, text)
  local temporary = path .. '.' .. (book.me or 'book') .. '.part'
  local handle = assert(io.open(temporary, 'wb'))
  assert(handle:write(text))
  handle:close()
  assert(os.rename(temporary, path))
end

--- Read a file of the repository and remember it as a dependency.
function book.read(name)
  local path = book.root .. '/' .. name
  local text = book.slurp(path)
  if text then
    book.read_files[path] = true
  end
  return text
end

function book.lines(text)
  local lines = {}
  for line in (text:gsub('\n$', '') .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

--- The file that a link in a file means: "../a/b.c" seen from "x/y/z.md" is
--- "x/a/b.c"; "/a" is a from the root. nil if it leaves the repository.
function book.resolve(from, target)
  local base = from:match('^(.*)/[^/]*$') or ''
  base = target:sub(1, 1) == '/' and '' or base
  local parts = {}
  for part in (base .. '/' .. target):gmatch('[^/]+') do
    if part == '..' then
      if #parts == 0 then
        return nil
      end
      parts[#parts] = nil
    elseif part ~= '.' then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, '/')
end

--- "a/b/c.c" is shown on the page "src/a.b.c.c.html".
function book.source_page(name)
  return 'src/' .. name:gsub('/', '.') .. '.html'
end

--- How many columns the text takes, counting characters, not bytes.
function book.width(text)
  return utf8.len(text) or #text
end

function book.escape(text)
  local names = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;',
                  ['"'] = '&quot;' }
  return (text:gsub('[&<>"]', names))
end

--- Part and item of chapter NN_name, or the letter of an appendix, as the book
--- prints them; then the number of the part, and of the page. nil for others.
function book.kicker(id)
  local letter = book.appendices[id]
  local n = tonumber(id:match('^(%d%d)_'))
  if letter then
    return 'Appendix ' .. string.char(64 + letter), 4, letter
  elseif not n then
    return nil
  elseif n <= 13 then
    return ('Part I · Chapter %d · Item %d'):format(n, 51 + n), 1, n
  elseif n <= 27 then
    return 'Part II · Chapter ' .. n, 2, n
  end
  return 'Part III · Chapter ' .. n, 3, n
end

--- The page of that id; nil if the book has none.
function book.page_named(id)
  for _, p in ipairs(book.pages) do
    if p.id == id then
      return p
    end
  end
end

--- The names of the API: name -> { url =, kind = }, from api.lua's list. A
--- function stands there as "name()", too: a struct may have its name.
function book.load_api()
  local api = {}
  for _, line in ipairs(book.lines(book.slurp(book.api) or '')) do
    local f = book.split(line)
    if f[2] then
      api[f[1]] = { url = 'api/' .. f[2], kind = f[3] }
      api[f[1] .. '()'] = f[3] == 'function' and api[f[1]] or api[f[1] .. '()']
    end
  end
  return api
end

--- Titles of the pages, from outline.sh's list.
function book.load_titles()
  local titles = {}
  for _, line in ipairs(book.lines(book.slurp(book.outline) or '')) do
    local f = book.split(line)
    titles[f[1]] = f[2]
  end
  return titles
end

function book.load(manifest)
  local letter = 0
  for _, line in ipairs(book.lines(assert(book.slurp(manifest)))) do
    local f = book.split(line)
    if f[1] == 'page' then
      local page = { id = f[2], file = f[3], url = f[2] .. '.html' }
      book.pages[#book.pages + 1] = page
      book.page_of[page.file] = page
      if f[4] == 'appendix' then
        letter = letter + 1
        book.appendices[page.id] = letter
      end
    elseif f[1] == 'coming' then
      book.coming[f[2]] = true
    elseif f[1] == 'pending' then
      book.pending[f[2]] = true
    elseif f[1] == 'source' then
      book.sources[#book.sources + 1] = f[2]
    else
      book[f[1]] = f[2]
    end
  end
end

--- The line where an element read with +sourcepos begins; 0 if unknown.
function book.position(element)
  local pos
  for key, value in pairs(element.attributes or {}) do
    pos = key == 'data-pos' and value or pos
  end
  return tonumber((pos or ''):match('@?(%d+):%d+%-')) or 0
end

--- The block inside the Divs that only carry a position.
function book.bare(block)
  while block.t == 'Div' and block.attributes['data-pos'] and
        #block.content == 1 do
    block = block.content[1]
  end
  return block
end

return book
