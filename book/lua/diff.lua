-- The difference of two pieces of code, line by line and word by word.

local code = require 'code'
local common = require 'common'
local words = require 'words'
local diff = {}

local CONTEXT = 3

local function one()
  return 1
end

--- Edit script from rows a to rows b: { op = ' ' | '-' | '+', old =, new = }.
function diff.edits(a, b)
  local out = {}
  common.walk(a, b, one, function(old, new)
    out[#out + 1] = { op = old and new and ' ' or old and '-' or '+',
                      old = old, new = new }
  end)
  return out
end

--- Wrap the characters in the set of a line of HTML in <mark>, between its
--- tags.
local function mark(html, set)
  if not set then
    return html
  end
  local out, position, inside, at = {}, 0, false, 1
  local function switch(wanted)
    if wanted ~= inside then
      out[#out + 1] = wanted and '<mark>' or '</mark>'
      inside = wanted
    end
  end
  while at <= #html do
    local piece = html:match('^<[^>]*>', at)
    if piece then
      switch(false)
    else
      piece = html:match('^&[%w#]+;', at) or html:match('^' ..
                                                       utf8.charpattern, at)
      position = position + 1
      switch(set[position] or false)
    end
    out[#out + 1] = piece
    at = at + #piece
  end
  switch(false)
  return table.concat(out)
end

--- Pair a removed line with the added one most like it, if any is.
local function pair_line(removed, added)
  local best, most = nil, 0
  for _, candidate in ipairs(added) do
    local _, _, common = words.compare(removed.old.text, candidate.new.text)
    if common and common > most and not candidate.set then
      best, most = candidate, common
    end
  end
  if best then
    removed.set, best.set = words.compare(removed.old.text, best.new.text)
  end
end

--- Pair the removed lines of each change with the added ones and say which
--- words of them differ.
local function pair_words(edits)
  local i = 1
  while i <= #edits do
    local removed, added = {}, {}
    while edits[i] and edits[i].op == '-' do
      removed[#removed + 1], i = edits[i], i + 1
    end
    while edits[i] and edits[i].op == '+' do
      added[#added + 1], i = edits[i], i + 1
    end
    for _, line in ipairs(removed) do
      pair_line(line, added)
    end
    if #removed + #added == 0 then
      i = i + 1
    end
  end
end

--- Which rows stand within CONTEXT lines of a change.
local function near_changes(edits)
  local near = {}
  for i, e in ipairs(edits) do
    if e.op ~= ' ' then
      for k = i - CONTEXT, i + CONTEXT do
        near[k] = true
      end
    end
  end
  return near
end

--- The difference of two lists of rows as one <pre>; nil if there is none.
function diff.html(a, b, html_a, html_b)
  local edits = diff.edits(a, b)
  local near, out, changed = near_changes(edits), {}, false
  pair_words(edits)
  for i, e in ipairs(edits) do
    if e.op == '-' then
      out[#out + 1] = code.line('del', e.old,
                                mark(html_a[e.old.n], e.set))
      changed = true
    elseif e.op == '+' then
      out[#out + 1] = code.line('ins', e.new,
                                mark(html_b[e.new.n], e.set))
      changed = true
    elseif near[i] then
      out[#out + 1] = code.line('span', e.new, html_b[e.new.n])
    elseif near[i - 1] or i == 1 then
      out[#out + 1] = '<span class="line gap">⋯\n</span>'
    end
  end
  return changed and '<pre class="code numbered diff" tabindex="0"><code>'
    .. table.concat(out) .. '</code></pre>' or nil
end

return diff
