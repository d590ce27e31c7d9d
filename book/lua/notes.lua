-- Footnotes as notes beside the text: in the margin where there is room, below
-- the line on a phone, at the foot of the page on paper. The comment after a
-- note lets other formats find its end.

local book = require 'book'
local notes = {}
local count = 0

--- Tell found(number, line) of the lines of a text that are no code.
local function each_line(text, found)
  local fence
  for number, line in ipairs(book.lines(text)) do
    local mark = line:match('^%s*(```+)')
    if mark and (not fence or #mark >= #fence) then
      fence = not fence and mark or nil
    elseif not fence then
      found(number, (line:gsub('`[^`]*`', '')))
    end
  end
end

--- Complain of what the reader of Markdown passes over in silence: notes that
--- are not there, nobody asks for or there are two of, and references to links
--- that nobody defines.
function notes.check(text, file)
  local asked, defined = {}, {}
  each_line(text, function(number, line)
    local name = line:match('^%[(%^?[^%]]+)%]:')
    if name and defined[name] then
      book.fault(file, number, ('"[%s]:" is there twice, and only the first '
        .. 'is read: rename one'):format(name))
    end
    defined[name or ''] = number
    line = name and line:gsub('^%[[^%]]*%]:', '') or line
    for its in line:gmatch('%[(%^[^%]%s]+)%]') do
      asked[its] = asked[its] or number
    end
    for its in line:gmatch('%]%[([^%]]+)%]') do
      asked[its] = asked[its] or number
    end
  end)
  for name, number in pairs(asked) do
    if not defined[name] then
      book.fault(file, number, ('"[%s]" is defined nowhere: write "[%s]: …" '
        .. 'below the text, or mend the name'):format(name, name))
    end
  end
  for name, number in pairs(defined) do
    if name:match('^%^') and not asked[name] then
      book.fault(file, number, ('nobody asks for the note "[%s]": put that '
        .. 'where it belongs, or take the note out'):format(name))
    end
  end
end

function notes.weave(el)
  count = count + 1
  local text = pandoc.write(pandoc.Pandoc { pandoc.Plain(
    pandoc.utils.blocks_to_inlines(el.content)) }, 'html')
  return pandoc.RawInline('html', ('<a class="note-ref" id="note-ref-%d" '
    .. 'href="#note-%d"><sup>%d</sup></a><span class="sidenote" id="note-%d" '
    .. 'role="note"><span class="sidenote-n"><sup>%d</sup> </span>%s</span>'
    .. '<!--note-->'):format(count, count, count, count, count,
                             (text:gsub('\n+$', '')))), false
end

return notes
