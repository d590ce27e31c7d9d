-- Footnotes as notes beside the text: in the margin where there is room, below
-- the line on a phone, at the foot of the page on paper. The comment after a
-- note lets other formats find its end.

local notes = {}
local count = 0

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
