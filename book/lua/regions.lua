-- Regions and labels of source files: finding them, cutting them out.

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

--- The word and the name of a line that only marks something.
function regions.marker(line)
  local which, its = line:match('^%s*/%* (%a+): ([%w_-]+) %*/%s*$')
  if which == 'region' or which == 'endregion' or which == 'label' then
    return which, its
  end
end

--- Most lines are no marker, and this is quick to say of them.
local function may_mark(line)
  return line:find('region', 1, true) or line:find('label:', 1, true)
end

local function is_malformed(line)
  return line:match('^%s*/[*/]%s*end%s?region') or
         line:match('^%s*/[*/]%s*region:') or line:match('/[*/]%s*label:')
end

--- The first line after a marker that is none; nil at the end of the file.
local function next_line(source, number)
  repeat
    number = number + 1
  until not source.lines[number] or not regions.marker(source.lines[number])
  return source.lines[number] and number
end

local function note_label(source, label, number)
  local line = next_line(source, number)
  if not line then
    book.fault(source.name, number, ('label "%s" has no line under it: put it '
      .. 'above the line it names'):format(label))
  elseif source.labels[label] then
    book.fault(source.name, number, ('label "%s" is there a second time: names '
      .. 'are unique in a file'):format(label))
  end
  source.labels[label] = line
end

--- Find the regions and labels of a source file: { name, lines, marker,
--- regions, labels }. lines[n] is text, marker[n] is true for lines that only
--- mark something, labels[name] is the line that the label names.
function regions.parse(name, text)
  local source = { name = name, lines = book.lines(text), marker = {},
                   regions = {}, labels = {} }
  local open = {}
  for number, line in ipairs(source.lines) do
    local which, its
    if may_mark(line) then
      which, its = regions.marker(line)
    end
    source.marker[number] = which and true
    if which == 'region' then
      open_region(name, its, number, open, source.regions)
    elseif which == 'endregion' then
      close_region(name, its, number, open, source.regions)
    elseif which then
      note_label(source, its, number)
    elseif may_mark(line) and is_malformed(line) then
      book.fault(name, number, 'malformed marker: write "/* region: name */", '
        .. '"/* endregion: name */" or "/* label: name */" on a line of its '
        .. 'own')
    end
  end
  for region, number in pairs(open) do
    book.fault(name, number, ('region "%s" is never closed: add "/* endregion: '
      .. '%s */"'):format(region, region))
  end
  return source
end

--- The keys of a set of regions or labels, for a message.
function regions.names(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = name
  end
  table.sort(names)
  return #names > 0 and table.concat(names, ', ') or 'none'
end

--- line -> names of its labels, in order.
local function labels_by_line(source)
  local by_line = {}
  for label, line in pairs(source.labels) do
    by_line[line] = by_line[line] or {}
    table.insert(by_line[line], label)
  end
  for _, names in pairs(by_line) do
    table.sort(names)
  end
  return by_line
end

--- The numbered lines of a region (of the whole file without one), markers
--- left out: { { n =, text =, labels = } … }; nil after a fault at `at`.
function regions.extract(source, region, at)
  local span = { first = 1, last = #source.lines }
  if region then
    span = source.regions[region]
    if not span then
      book.fault(at.file, at.line, ('no region "%s" in %s (it has: %s): mark '
        .. 'it with "/* region: %s */", or mend the name'):format(region,
        source.name, regions.names(source.regions), region))
      return nil
    end
  end
  local out, labels = {}, labels_by_line(source)
  for n = span.first, span.last do
    local text = source.lines[n]
    if not source.marker[n] then
      if book.width(text) > WIDEST then
        book.fault(source.name, n, ('%d columns, %d are allowed in the book: '
          .. 'break the line'):format(book.width(text), WIDEST))
      end
      out[#out + 1] = { n = n, text = text, labels = labels[n] }
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
