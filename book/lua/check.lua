-- Looks across the pages of the book when all are made: links and anchors,
-- ids, regions nobody shows, labels nobody names. Then adds to the reference
-- where each function is used, and writes the index of the search. Runs as a
-- filter of an empty document.
--
-- Metadata: manifest, facts (the directory of them), stamp.

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'
local regions = require 'regions'
local search = require 'search'

--- What weave.lua noted: by kind, { page =, … } each.
local function load_facts(dir)
  local facts = { id = {}, link = {}, region = {}, label = {}, api = {},
                  page = {} }
  for _, page in ipairs(book.pages) do
    local text = book.slurp(dir .. '/' .. page.id .. '.facts') or ''
    for _, line in ipairs(book.lines(text)) do
      local f = book.split(line)
      if facts[f[1]] then
        table.insert(facts[f[1]], { page = page, table.unpack(f, 2) })
      end
    end
  end
  return facts
end

local ids_of = {}

--- The ids of a page of the book, counted.
local function ids(url)
  if not ids_of[url] then
    local counted = {}
    local html = book.slurp(book.html .. '/' .. url) or ''
    for id in html:gmatch('<[^<>]-%sid="([^"]*)"') do
      counted[id] = (counted[id] or 0) + 1
    end
    ids_of[url] = counted
  end
  return ids_of[url]
end

local function check_links(facts)
  for _, link in ipairs(facts.link) do
    local line, url, anchor = table.unpack(link)
    if anchor ~= '' and not ids(url)[anchor] then
      book.fault(link.page.file, line, ('dead anchor "#%s": %s has no such '
        .. 'heading; mend the link or the heading'):format(anchor, url))
    end
  end
end

local function check_ids(facts)
  for _, page in ipairs(book.pages) do
    local line_of = {}
    for _, fact in ipairs(facts.id) do
      if fact.page == page then
        local line = tonumber(fact[1])
        line_of[fact[2]] = math.max(line_of[fact[2]] or 0, line)
      end
    end
    for id, count in pairs(ids(page.url)) do
      if count > 1 then
        book.fault(page.file, line_of[id], ('duplicate id "%s": an id names '
          .. 'one place of a page; rename one of the %d'):format(id, count))
      end
    end
  end
end

local UNSHOWN = 'region "%s" is shown nowhere: write "<!-- listing: %s %s -->" '
  .. 'in a chapter, or take it out'
local UNNAMED = 'label "%s" is named nowhere: write "[line](%s#%s)" in a '
  .. 'chapter, or take it out'

--- The set of pairs that facts of a kind hold.
local function pairs_of(facts)
  local set = {}
  for _, fact in ipairs(facts) do
    set[fact[1] .. '\t' .. fact[2]] = true
  end
  return set
end

local function check_regions(facts)
  local shown, named = pairs_of(facts.region), pairs_of(facts.label)
  for _, name in ipairs(book.sources) do
    local source = regions.parse(name, book.read(name) or '')
    local path = name:match('^chapters/.*/([^/]+)$') or '/' .. name
    local function check(used, its, line, message)
      if not used[name .. '\t' .. its] and not book.pending[name] then
        book.fault(name, line, message:format(its, path, its))
      end
    end
    for region, span in pairs(source.regions) do
      check(shown, region, span.first - 1, UNSHOWN)
    end
    for label, line in pairs(source.labels) do
      check(named, label, line - 1, UNNAMED)
    end
  end
end

--- No page of the book may point at a file that is not there.
local function check_files()
  for _, page in ipairs(book.pages) do
    local html = book.slurp(book.html .. '/' .. page.url) or ''
    for url in html:gmatch('%s[hs]re?[fc]="([^"#]+)[^"]*"') do
      if not url:match('^%a[%w+.-]*:') and
         not book.slurp(book.html .. '/' .. url) then
        book.fault(page.file, 0, ('its page points at "%s", which the build '
          .. 'did not make: remove %s and build again'):format(url, book.html))
      end
    end
  end
end

-- The way back from the reference ------------------------------------------

--- anchor -> HTML that lists the pages which use what stands there.
local function uses_by_address(facts, titles)
  local api, uses, seen = book.load_api(), {}, {}
  for _, fact in ipairs(facts.api) do
    local target = api[fact[1]]
    local key = fact[1] .. '\t' .. fact.page.id
    if target and not seen[key] then
      seen[key] = true
      local list = uses[target.url] or {}
      list[#list + 1] = ('<a href="../%s">%s</a>'):format(fact.page.url,
        book.escape(titles[fact.page.id] or fact.page.id))
      uses[target.url] = list
    end
  end
  return uses
end

local function used_in(list)
  return '<p class="used-in">Used in: ' .. table.concat(list, ', ') .. '</p>\n'
end

--- Put a list into the documentation of one member.
local function annotate_member(html, anchor, list)
  local head = ('<a id="%s" name="%s"></a>\n<h2 class="memtitle">')
    :format(anchor, anchor)
  local _, title = html:find(head, 1, true)
  local _, at = html:find('<div class="memdoc">\n', title or #html, true)
  if not title or not at then
    return html -- an enumerator, say, has no documentation of its own
  end
  return html:sub(1, at) .. used_in(list) .. html:sub(at + 1)
end

--- Put the lists into one page of the reference.
local function annotate(html, url, uses)
  local whole = uses[url]
  if whole then
    html = html:gsub('<div class="contents">\n', '%0' .. used_in(whole), 1)
  end
  for target, list in pairs(uses) do
    local anchor = target:match('#(.*)$')
    if anchor and target:sub(1, #url + 1) == url .. '#' then
      html = annotate_member(html, anchor, list)
    end
  end
  return html
end

local function finish_reference(facts)
  local uses = uses_by_address(facts, book.load_titles())
  for _, name in ipairs(book.lines(book.slurp(book.api_pages) or '')) do
    local html = name ~= '' and book.slurp(book.api_raw .. '/' .. name)
    if html then
      if name:match('%.html$') then
        html = annotate(html, 'api/' .. name, uses)
      end
      book.spew(book.html .. '/api/' .. name, html)
    end
  end
end

function Pandoc(doc)
  book.load(doc.meta.manifest)
  local facts = load_facts(doc.meta.facts)
  finish_reference(facts)
  check_links(facts)
  check_ids(facts)
  check_regions(facts)
  check_files()
  book.finish()
  book.spew(book.html .. '/style/search-index.js',
            search.script(search.rows()))
  book.spew(doc.meta.stamp, '')
end
