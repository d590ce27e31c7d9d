-- The headings of a page, and the table of contents made of them.

local book = require 'book'
local headings = { all = {} }

--- Note a heading read with +sourcepos, and take its position off.
function headings.note(el)
  local line = book.position(el)
  el.attributes = {}
  table.insert(headings.all, { level = el.level, line = line,
                               id = el.identifier, content = el.content })
  return el
end

local TWICE = 'the heading "%s" is there twice, and the id of the second is '
  .. 'made up: rename one (the other is in line %d)'

--- Complain of headings whose ids are made up: they change with what stands
--- around them, and a link to one would lead elsewhere.
function headings.check(file)
  local first = {}
  for i, h in ipairs(headings.all) do
    local words = pandoc.utils.stringify(h.content):lower()
    if h.level == 1 and i > 1 then
      book.fault(file, h.line, 'a page has one "#" title: begin sections with '
        .. '"##"')
    end
    if h.id == '' then
      book.fault(file, h.line, 'a heading without a letter gets no id: put a '
        .. 'word into it')
    elseif first[words] then
      book.fault(file, h.line, TWICE:format(
        pandoc.utils.stringify(h.content), first[words]))
    end
    first[words] = first[words] or h.line
  end
end

--- Words of a heading as HTML, without links and positions.
local function plain(inlines)
  local doc = pandoc.Pandoc { pandoc.Plain(inlines) }
  doc = doc:walk {
    Span = function(el) return el.content end,
    Link = function(el) return el.content end,
    Code = function(el) return pandoc.Code(el.text) end
  }
  return (pandoc.write(doc, 'html'):gsub('\n+$', ''))
end

local function item(heading, inner)
  return ('<li><a href="#%s">%s</a>%s</li>'):format(heading.id,
    plain(heading.content), inner or '')
end

--- The sections and their subsections as a list in HTML; nil without any.
function headings.contents()
  local sections = {}
  for _, h in ipairs(headings.all) do
    if h.level == 2 then
      table.insert(sections, { heading = h, inner = {} })
    elseif h.level == 3 and #sections > 0 then
      table.insert(sections[#sections].inner, item(h))
    end
  end
  local out = {}
  for _, s in ipairs(sections) do
    local inner = #s.inner > 0 and '<ol>' .. table.concat(s.inner) .. '</ol>'
    table.insert(out, item(s.heading, inner or nil))
  end
  return #out > 0 and '<ol>' .. table.concat(out, '\n') .. '</ol>' or nil
end

return headings
