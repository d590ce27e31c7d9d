-- Long code and output: the first lines are shown, the rest unfolds. It needs
-- no script; what has no folds (whole.lua) puts the pieces together again.

local fold = {}

local LONG = 40 -- lines that are shown as they are
local LEAST, MOST = 14, 24 -- how many of what is longer come before the fold

--- The last blank line of lines from..to, or to without any. A line is HTML.
local function cut(lines, from, to)
  for i = to, from, -1 do
    if not lines[i]:gsub('<[^>]*>', ''):match('%S') then
      return i
    end
  end
  return to
end

local function pre(class, lines, from, to)
  return ('<pre class="%s" tabindex="0"><code>%s</code></pre>'):format(class,
    table.concat(lines, '', from, to))
end

--- Lines of HTML, each with its newline, as a <pre> of that class, or as two
--- or three with a fold between. keep: so many of the last lines are shown.
function fold.pre(class, lines, keep)
  if #lines <= LONG then
    return pre(class, lines, 1, #lines)
  end
  local head, last = cut(lines, LEAST, MOST), #lines - (keep or 0)
  local out = {
    pre(class .. ' head', lines, 1, head), '<details class="more">',
    ('<summary>%d more lines</summary>'):format(last - head),
    pre(class .. ' rest', lines, head + 1, last), '</details>'
  }
  if last < #lines then
    out[#out + 1] = pre(class .. ' tail', lines, last + 1, #lines)
  end
  return table.concat(out, '\n')
end

--- What fold.pre() took apart, whole again; an end of details may remain.
function fold.join(html)
  html = html:gsub('</code></pre>\n<details class="more">\n<summary>[^<]*'
    .. '</summary>\n<pre class="[^"]* rest"[^>]*><code>', '')
  return (html:gsub('</code></pre>\n</details>\n<pre class="[^"]* tail"[^>]*>'
    .. '<code>', ''))
end

return fold
