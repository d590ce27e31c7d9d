-- Regions of source files: finding them, cutting them out.

local book = require 'book'
local regions = {}

local WIDEST = 80

local function close_region(file, name, number, open, closed)
  if not open[name] then
    book.fault(file, number, ('endregion "%s" without a region: put '
      .. '"/* region: %s */" before it'):format(name, name))
    return
  end
  closed[name] = { first = open[name] + 1, last = number - 1 }
  open[name] = nil
end

local function open_region(file, name, number, open, closed)
  if open[name] or closed[name] then
    book.fault(file, number, ('region "%s" begins a second time: names are '
      .. 'unique in a file'):format(name))
  end
  open[name] = number
end

--- Find the regions of a source file: { name, lines, marker, regions }.
--- lines[n] is text, marker[n] is true for lines that only mark a region.
function regions.parse(name, text)
  local source = { name = name, lines = book.lines(text), marker = {},
                   regions = {} }
  local open = {}
  for number, line in ipairs(source.lines) do
    local which, region =
      line:match('^%s*/%* (%a+): ([%w_-]+) %*/%s*$')
    if which == 'region' then
      open_region(name, region, number, open, source.regions)
      source.marker[number] = true
    elseif which == 'endregion' then
      close_region(name, region, number, open, source.regions)
      source.marker[number] = true
    elseif line:match('^%s*/[*/]%s*end%s?region') or
           line:match('^%s*/[*/]%s*region:') then
      book.fault(name, number, 'malformed marker: write "/* region: name */" '
        .. 'or "/* endregion: name */" on a line of its own')
    end
  end
  for region, number in pairs(open) do
    book.fault(name, number, ('region "%s" is never closed: add "/* endregion: '
      .. '%s */"'):format(region, region))
  end
  return source
end

local function known_regions(source)
  local names = {}
  for region in pairs(source.regions) do
    names[#names + 1] = region
  end
  table.sort(names)
  return #names > 0 and table.concat(names, ', ') or 'none'
end

--- The numbered lines of a region (of the whole file without one), markers
--- left out: { { n =, text = } … }; nil after a fault at `at`.
function regions.extract(source, region, at)
  local span = { first = 1, last = #source.lines }
  if region then
    span = source.regions[region]
    if not span then
      book.fault(at.file, at.line, ('no region "%s" in %s (it has: %s): mark '
        .. 'it with "/* region: %s */", or mend the name'):format(region,
        source.name, known_regions(source), region))
      return nil
    end
  end
  local out = {}
  for n = span.first, span.last do
    local text = source.lines[n]
    if not source.marker[n] then
      if book.width(text) > WIDEST then
        book.fault(source.name, n, ('%d columns, %d are allowed in the book: '
          .. 'break the line'):format(book.width(text), WIDEST))
      end
      out[#out + 1] = { n = n, text = text }
    end
  end
  return out
end

--- Complain of the lines of a fence that are too long.
function regions.check_fence(text, at)
  for i, line in ipairs(book.lines(text)) do
    if book.width(line) > WIDEST then
      book.fault(at.file, at.line + i, ('%d columns, %d are allowed in the '
        .. 'book: break the line'):format(book.width(line), WIDEST))
    end
  end
end

return regions
