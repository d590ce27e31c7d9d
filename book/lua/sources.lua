-- Pages that show whole files of the repository, for links to them.

local book = require 'book'
local code = require 'code'
local regions = require 'regions'
local sources = {}

local made = {}

--- Make the page of a file and give its address. Whoever links the file makes
--- the same page: it says nothing of where the link stands.
function sources.page(name, text, api)
  local url = book.source_page(name)
  if made[name] then
    return url
  end
  local source = { name = name, lines = book.lines(text) }
  local rows = {}
  for n, line in ipairs(source.lines) do
    if not regions.marker(line) then
      rows[#rows + 1] = { n = n, text = line }
    end
  end
  local values = {
    title = book.escape(name:match('[^/]+$')), path = book.escape(name),
    book = book.escape(book.load_titles().index or 'The book'),
    code = code.listing(rows, code.colour(source, api, '../'), true)
  }
  local shell = assert(book.slurp(book.style .. '/../source.html'))
  book.spew(book.html .. '/' .. url, (shell:gsub('@(%w+)@', values)))
  made[name] = true
  return url
end

return sources
