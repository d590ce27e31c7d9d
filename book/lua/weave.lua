-- The pandoc filter that makes one page: directives become listings,
-- differences and captured output, links are resolved, names of the API are
-- linked. What other pages must know (ids, links, regions used) goes to a file
-- of facts for check.lua; what was read, to a dependency file for the build.
--
-- Metadata: manifest, page (its id), facts, depfile.

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'
local code = require 'code'
local directives = require 'directives'
local glossary = require 'glossary'
local headings = require 'headings'
local labels = require 'labels'
local notes = require 'notes'
local quiz = require 'quiz'
local regions = require 'regions'
local sources = require 'sources'
local verdicts = require 'verdicts'

local page, api, facts, meaning = nil, nil, {}, {}

local function fact(...)
  facts[#facts + 1] = table.concat({ ... }, '\t')
end

local function fault(line, text)
  book.fault(page.file, line, text)
end

-- Links --------------------------------------------------------------------

--- The address in the book of what a link of this page's source means; nil
--- after a fault, "" when the words stay and the link goes. Then the words for
--- a line of code, if the link is to one.
local function address(target, line)
  local path, anchor = target:match('^([^#]*)#?(.*)$')
  if path == '' then
    fact('link', line, page.url, anchor)
    return target
  end
  local name = book.resolve(page.file, path)
  local other = name and (book.page_of[name] or
                          book.page_of[name .. '/README.md'])
  if other then
    fact('link', line, other.url, anchor)
    return other.url .. (anchor ~= '' and '#' .. anchor or '')
  elseif book.coming[name] or book.coming[(name or '') .. '/README.md'] or
         (name or ''):match('^chapters/[^/]+/exercise%.c$') then
    return ''
  end
  local text = name and book.read(name)
  if not text then
    fault(line, ('dead link "%s": no such file or chapter in the book; mend '
      .. 'the path, or name it without a link'):format(target))
    return nil
  end
  if name:match('%.svg$') or name:match('%.png$') then
    fault(line, ('"%s" is an image: write ![what it shows](%s)')
      :format(target, target))
    return nil
  end
  if anchor ~= '' then
    fact('label', name, anchor)
    return labels.resolve(name, text, anchor, { file = page.file, line = line },
                          api)
  end
  return sources.page(name, text, api)
end

local function drop_position(el)
  el.attr = pandoc.Attr()
  return el
end

local function weave_link(el)
  local line = book.position(el)
  el.attributes = {}
  el.content = el.content:walk { Code = drop_position }
  if el.target:match('^%a[%w+.-]*:') then
    return el, false
  end
  local url, its_line = address(el.target, line)
  if url == '' or not url then
    return el.content, false
  end
  el.target = url
  el.content = its_line and labels.words(el.content, its_line) or el.content
  return el, false
end

-- Code and images ----------------------------------------------------------

local MISSING = '`%s` is not in the API reference: document it in a public '
  .. 'header, mend the name, or write it without "()" and "struct"'

--- Note that the section in which we are shows a verdict.
local function show_verdict(word)
  local here = headings.all[#headings.all]
  if here and page.id ~= 'failures' then
    fact('verdict', word, page.id, here.id,
         pandoc.utils.stringify(here.content))
  end
end

local function weave_raw(el)
  verdicts.in_output(el.text, meaning, show_verdict)
end

local function weave_code(el)
  local line = book.position(el)
  el.attributes = {}
  local must = el.text:match('^(wbx?_[%w_]+)%(') or
               el.text:match('^struct (wbx?_[%w_]+)') or
               el.text:match('^enum (wbx?_[%w_]+)')
  local name = must or el.text:match('^[Ww][Bb][Xx]?_[%w_]+$')
  local target = api[(name or '') .. (el.text:match('%(') and '()' or '')] or
                 api[name or '']
  if target then
    return pandoc.Link(el, target.url, '', { class = 'api' }), false
  elseif must then
    fault(line, MISSING:format(el.text))
  elseif meaning[el.text] and page.id ~= 'failures' then
    show_verdict(el.text)
    fact('link', line, 'failures.html', el.text)
    return pandoc.Link(el, 'failures.html#' .. el.text, '',
                       { class = 'verdict' }), false
  end
  return el
end

local function weave_image(el)
  local line = book.position(el)
  el.attributes = {}
  if not pandoc.utils.stringify(el.caption):match('%S') then
    fault(line, ('image %s has no text alternative: write ![what it shows](%s)')
      :format(el.src, el.src))
  end
  local name = book.resolve(page.file, el.src)
  local data = name and book.read(name)
  if not data then
    fault(line, ('dead image "%s": no such file'):format(el.src))
    return el, false
  end
  if name:match('%.svg$') and not data:match('<title[ >]') then
    fault(line, ('%s has no <title>: begin the drawing with <title>what it '
      .. 'shows</title>'):format(el.src))
  end
  el.src = 'img/' .. name:gsub('/', '.')
  book.spew(book.html .. '/' .. el.src, data)
  return el, false
end

local function weave_fence(el)
  local line = book.position(el)
  local language
  for _, class in ipairs(el.classes) do
    language = class ~= 'fragment' and class or language
  end
  local fragment = el.classes:includes('fragment')
  local compiled = el.classes:includes('c') or el.classes:includes('h') or
                   el.classes:includes('cpp')
  if compiled and not fragment then
    fault(line, 'code in a fence is not compiled: show a region with '
      .. '"<!-- listing: FILE REGION -->", or write ```c {.fragment}')
  end
  if language ~= 'text' and language ~= 'console' then
    regions.check_fence(el.text, { file = page.file, line = line })
  end
  return pandoc.RawBlock('html', code.fence(el.text, language, api)), false
end

-- Raw HTML -----------------------------------------------------------------

local function check_raw(text, line)
  if text:match('^<!%-%-') then
    return
  end
  if text:match('<img') then
    fault(line, 'write images as ![what it shows](file), not as <img>')
  end
  if text:match('<svg') and not text:match('<title[ >]') then
    fault(line, 'an SVG without a <title>: say in it what the drawing shows')
  end
  if text:match('<script') or text:match('<style') or text:match('href=') then
    fault(line, 'write links in Markdown; scripts and styles have no place in '
      .. 'a chapter')
  end
  for id in text:gmatch('%f[%w]id="([^"]*)"') do
    fact('id', line, id)
  end
end

--- Take out the elements that only carry a position.
local function unwrap(el)
  if not el.attributes['data-pos'] then
    return nil
  end
  local only = #el.content == 1 and el.content[1] or {}
  if only.t == 'RawInline' or only.t == 'RawBlock' then
    check_raw(only.text, book.position(el))
    if only.text:match('^<!%-%-') then
      return {}
    end
  end
  return el.content
end

-- The page -----------------------------------------------------------------

--- Take the title, and the line with part and item, off the front.
local function take_title(doc)
  local first = doc.blocks[1]
  if not first or first.t ~= 'Header' or first.level ~= 1 then
    fault(1, 'the first line of a page is its title: "# Locks"')
    return
  end
  doc.meta.title = pandoc.MetaInlines(first.content)
  doc.meta['title-id'] = first.identifier
  doc.blocks:remove(1)
  local kicker = book.kicker(page.id)
  local second = doc.blocks[1]
  local says = second and second.t == 'Para' and
               pandoc.utils.stringify(second)
  if says and says:match('^Part I+ · ') then
    if says ~= kicker then
      fault(3, ('this is "%s", not "%s"'):format(kicker or 'no chapter', says))
    end
    doc.blocks:remove(1)
  end
  doc.meta.kicker = kicker
end

local function neighbours(meta, titles)
  for i, p in ipairs(book.pages) do
    if p.id == page.id then
      local before, after = book.pages[i - 1], book.pages[i + 1]
      meta['prev-url'] = before and before.url
      meta['prev-title'] = before and titles[before.id]
      meta['next-url'] = after and after.url
      meta['next-title'] = after and titles[after.id]
    end
  end
end

local function make_word(path)
  return (path:gsub('%$', '$$'):gsub('[ #]', '\\%0'))
end

local function write_facts(meta)
  fact('page', page.id)
  book.spew(meta.facts, table.concat(facts, '\n') .. '\n')
  local needs = {}
  for path in pairs(book.read_files) do
    needs[#needs + 1] = make_word(path)
  end
  table.sort(needs)
  book.spew(meta.depfile, ('%s: %s\n'):format(
    make_word(book.html .. '/' .. page.url), table.concat(needs, ' \\\n  ')))
end

local function link_terms(doc)
  local terms = glossary.load()
  if not terms or page.id == 'glossary' then
    return doc
  end
  return doc:walk(glossary.linker(terms, function(id)
    fact('link', 0, 'glossary.html', id)
  end))
end

function Pandoc(doc)
  local meta = doc.meta
  book.load(meta.manifest)
  page = assert(book.page_named(meta.page), 'no such page in the manifest')
  book.me = page.id
  api = book.load_api()
  local titles = book.load_titles()
  page.title = titles[page.id] or page.id
  meaning = select(2, verdicts.load())
  quiz.check(doc.blocks, page.file)
  notes.check(book.read(page.file), page.file)
  doc = doc:walk { Blocks = directives.weaver(page, api, titles, fact) }
  doc = doc:walk {
    traverse = 'topdown', Link = weave_link, Code = weave_code,
    Image = weave_image, CodeBlock = weave_fence, Header = headings.note,
    Table = drop_position, RawBlock = weave_raw
  }
  doc = doc:walk { Span = unwrap, Div = unwrap }
  doc = link_terms(doc)
  doc = doc:walk { traverse = 'topdown', Note = notes.weave }
  for _, h in ipairs(headings.all) do
    fact('id', h.line, h.id)
  end
  headings.check(page.file)
  if page.id == 'failures' then
    verdicts.check(page, headings.all)
  end
  take_title(doc)
  book.finish()

  local toc = headings.contents()
  if toc and page.id ~= 'index' then
    doc.meta.toc = pandoc.MetaBlocks { pandoc.RawBlock('html', toc) }
  end
  doc.meta['plain-title'] = page.title
  doc.meta.book = titles.index or 'The book'
  doc.meta['is-index'] = page.id == 'index'
  doc.meta.plays = page.plays
  neighbours(doc.meta, titles)
  write_facts(meta)
  return doc
end
