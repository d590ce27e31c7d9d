-- Turns Doxygen's tag file into the list of names the book can link to:
-- name, address within the reference, kind. Runs as a filter of an empty
-- document. Metadata: tags, out.

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'

local function field(xml, name)
  return xml:match('<' .. name .. '>(.-)</' .. name .. '>')
end

local function members(compound, rows)
  for kind, xml in compound:gmatch('<member kind="(%a+)">(.-)</member>') do
    if kind ~= 'variable' then
      rows[#rows + 1] = ('%s\t%s#%s\t%s'):format(field(xml, 'name'),
        field(xml, 'anchorfile'), field(xml, 'anchor'), kind)
    end
  end
end

function Pandoc(doc)
  local xml, rows = assert(book.slurp(doc.meta.tags)), {}
  for kind, compound in xml:gmatch('<compound kind="(%a+)">(.-)</compound>') do
    if kind == 'struct' or kind == 'union' then
      rows[#rows + 1] = ('%s\t%s\t%s'):format(field(compound, 'name'),
                                              field(compound, 'filename'), kind)
    end
    members(compound, rows)
  end
  table.sort(rows)
  book.spew(doc.meta.out, table.concat(rows, '\n') .. '\n')
end
