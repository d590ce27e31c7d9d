-- References to a line of code by its label: a link to "bad.c#lost" leads to
-- the line under "/* label: lost */" and says its number.

local book = require 'book'
local regions = require 'regions'
local sources = require 'sources'
local labels = {}

local shown = {} -- file and label -> id of the line that this page shows

local function key(name, label)
  return name .. '#' .. label
end

--- Give ids to the labelled ones among rows that a page is to show; the first
--- place where a line stands is the one that is referred to.
function labels.show(source, rows)
  for _, row in ipairs(rows) do
    for _, label in ipairs(row.labels or {}) do
      local its = key(source.name, label)
      if not shown[its] and not row.id then
        row.id = source.name:match('[^/]+$') .. '-' .. label
        shown[its] = row.id
      end
    end
  end
end

local UNKNOWN = 'no label "%s" in %s (it has: %s): write "/* label: %s */" '
  .. 'above the line, or mend the name'

--- What the link to a label of a file becomes: its address, the words for the
--- line. nil after a fault at `at`.
function labels.resolve(name, text, label, at, api)
  local source = regions.parse(name, text)
  local line = source.labels[label]
  if not line then
    book.fault(at.file, at.line, UNKNOWN:format(label, name,
                                                regions.names(source.labels),
                                                label))
    return nil
  end
  local id = shown[key(name, label)]
  if id then
    return '#' .. id, 'line ' .. line
  end
  return sources.page(name, text, api) .. '#L' .. line,
         ('line %d of %s'):format(line, name:match('[^/]+$'))
end

--- The words of a link with the line added, or only the line if they are
--- "line".
function labels.words(content, line)
  if pandoc.utils.stringify(content) == 'line' then
    return { pandoc.Str(line) }
  end
  local out = pandoc.List(content)
  out:extend { pandoc.Space(), pandoc.Str('(' .. line .. ')') }
  return out
end

return labels
