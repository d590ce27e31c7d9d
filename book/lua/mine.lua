-- Makes the reader's own copy of the pages: what he has done of the exercises
-- stands in the contents and at the head of each chapter. The pages it is made
-- of stay as they are. Runs as a filter of an empty document.
--
-- Metadata: manifest, progress (what `workbook list --json` prints), to (the
-- directory to write).

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'
local json = require 'json'

--- A chapter's state in one word, and what its class is.
local function state(chapter)
  if chapter.state == 'passed' then
    return 'passed', 'passed'
  elseif chapter.state == 'started' or chapter.checks > 0 then
    return 'attempted', 'attempted'
  end
  return 'not yet', 'untouched'
end

local function times(n)
  return n == 1 and 'once' or n .. ' times'
end

--- The last verdict, led to its explanation if the book has one.
local function verdict(word)
  local code = '<code>' .. word .. '</code>'
  if not book.page_named('failures') then
    return code
  end
  return ('<a href="failures.html#%s" class="verdict">%s</a>'):format(word,
                                                                    code)
end

--- What stands at the head of a chapter.
local function sentence(chapter)
  local n = chapter.number
  if chapter.state == 'passed' then
    return chapter.checks == 0 and 'passed.'
      or ('passed; checked %s.'):format(times(chapter.checks))
  elseif chapter.checks > 0 then
    return ('attempted; checked %s, and the last time it was %s. <code>'
      .. './workbook hint %d</code> helps.'):format(times(chapter.checks),
      verdict(chapter.last), n)
  elseif chapter.state == 'started' then
    return ('attempted; <code>./workbook check %d</code> judges it.'):format(n)
  end
  return ('not yet; <code>./workbook start %d</code> begins it.'):format(n)
end

--- Put words behind the first place in html that has all of `before`.
local function put_behind(html, before, words, page)
  local _, at = html:find(before, 1, true)
  if not at then
    book.fault(page.file, 0, ('its page has no %s to write your progress '
      .. 'behind'):format(before))
    return html
  end
  return html:sub(1, at) .. words .. html:sub(at + 1)
end

local function mark_chapter(html, chapter, page)
  local _, class = state(chapter)
  return put_behind(html, '</h1>\n', ('<p class="mine %s"><b>Your exercise'
    .. '</b>: %s</p>\n'):format(class, sentence(chapter)), page)
end

--- The contents: a mark for each chapter, and how many are passed.
local function mark_contents(html, progress, page)
  for _, chapter in ipairs(progress.chapters) do
    local link = ('<a href="%s.html">'):format(chapter.name)
    if book.page_named(chapter.name) then
      local item = '<li value="' .. chapter.number .. '">' .. link
      link = html:match(item .. '[^<]*</a>') or item
      local word, class = state(chapter)
      html = put_behind(html, link, (' <span class="mine %s">%s</span>')
                        :format(class, word), page)
    end
  end
  return put_behind(html, '</h1>\n', ('<p class="mine"><b>Your exercises</b>: '
    .. '%d of %d passed.</p>\n'):format(progress.passed, progress.total), page)
end

function Pandoc(doc)
  local meta = doc.meta
  book.load(meta.manifest)
  book.me = 'mine'
  local progress = assert(json.read(assert(book.slurp(meta.progress))))
  local of = {}
  for _, chapter in ipairs(progress.chapters) do
    of[chapter.name] = chapter
  end
  for i = #book.pages, 1, -1 do -- index.html last: the build waits for it
    local page = book.pages[i]
    local html = assert(book.slurp(book.html .. '/' .. page.url))
    if page.id == 'index' then
      html = mark_contents(html, progress, page)
    elseif of[page.id] then
      html = mark_chapter(html, of[page.id], page)
    end
    book.finish()
    book.spew(meta.to .. '/' .. page.url, html)
  end
end
