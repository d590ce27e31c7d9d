-- The comments that ask for something: listing, diff, output, figure, lanes,
-- proof, evidence, runs, play, contents, shown.
-- A paragraph above that is only a link is the caption; a console fence above
-- that shows the very command is merged into the output.

local book = require 'book'
local captures = require 'captures'
local code = require 'code'
local costs = require 'costs'
local diff = require 'diff'
local fold = require 'fold'
local labels = require 'labels'
local lanes = require 'lanes'
local pages = require 'sources'
local proofs = require 'proofs'
local regions = require 'regions'
local runs = require 'runs'
local schedules = require 'schedules'
local verdicts = require 'verdicts'
local directives = {}

local page, api, titles, fact
local sources = {}

local function words(text)
  local out = {}
  for word in text:gmatch('%S+') do
    out[#out + 1] = word
  end
  return out
end

--- The parsed file a directive names; nil after a fault.
local function source(target, at)
  local name = book.resolve(page.file, target)
  if name and sources[name] then
    return sources[name]
  end
  local text = name and book.read(name)
  if not text then
    book.fault(at.file, at.line, ('no file "%s": the path is relative to %s, '
      .. 'or starts with "/" at the root'):format(target, page.file))
    return nil
  end
  sources[name] = regions.parse(name, text)
  return sources[name]
end

local function figure(class, caption, where, body)
  local head = caption and '<span class="caption">' .. caption .. '</span>'
               or ''
  return ('<figure class="%s">\n<figcaption>%s<span class="where">%s</span>'
    .. '</figcaption>\n%s\n</figure>'):format(class, head, where, body)
end

--- Note that these rows of a file are shown, as a region or as all of it.
local function use(src, region, rows)
  labels.show(src, rows)
  if region then
    fact('region', src.name, region)
  end
end

local function file_label(src)
  local text = table.concat(src.lines, '\n')
  return ('<a href="%s"><code>%s</code></a>'):format(
    pages.page(src.name, text, api), book.escape(src.name))
end

local handlers = {}

function handlers.listing(args, at, caption)
  if #args < 1 or #args > 2 then
    book.fault(at.file, at.line, 'write "<!-- listing: FILE -->" or '
      .. '"<!-- listing: FILE REGION -->"')
    return nil
  end
  local src = source(args[1], at)
  local rows = src and regions.extract(src, args[2], at)
  if not rows then
    return nil
  end
  use(src, args[2], rows)
  return figure('listing', caption, file_label(src),
                code.listing(rows, code.colour(src, api)))
end

function handlers.diff(args, at, caption)
  if #args < 2 or #args > 3 then
    book.fault(at.file, at.line, 'write "<!-- diff: OLD NEW -->" or '
      .. '"<!-- diff: OLD NEW REGION -->"')
    return nil
  end
  local a, b = source(args[1], at), source(args[2], at)
  local rows_a = a and regions.extract(a, args[3], at)
  local rows_b = b and regions.extract(b, args[3], at)
  if not rows_a or not rows_b then
    return nil
  end
  use(a, args[3], rows_a)
  use(b, args[3], rows_b)
  local body = diff.html(rows_a, rows_b, code.colour(a, api),
                         code.colour(b, api))
  if not body then
    book.fault(at.file, at.line, ('%s and %s do not differ here: take the '
      .. 'diff out, or show a listing'):format(a.name, b.name))
    return nil
  end
  return figure('listing', caption, file_label(a) .. ' → ' .. file_label(b),
                body)
end

local USAGE = 'write "<!-- output: run PROGRAM -->", "explore PROGRAM" or '
  .. '"sanitize PROGRAM", then options, then "exit=N"; PROGRAM is bad, good or '
  .. 'another of the chapter'

--- Split "explore bad --all exit=1" into words for capture.sh and the status.
local function output_words(args, at)
  local status, command = 0, {}
  for _, word in ipairs(args) do
    if word:match('^exit=%d+$') then
      status = tonumber(word:match('%d+'))
    else
      command[#command + 1] = word
    end
  end
  local verb, program = command[1], command[2] or ''
  local file = book.resolve(page.file, program .. '.c')
  if (verb ~= 'run' and verb ~= 'explore' and verb ~= 'sanitize') or
     not program:match('^[%l%d_]+$') or not book.read(file) then
    book.fault(at.file, at.line, USAGE)
    return nil
  end
  return command, status
end

local LAST = 8 -- lines of a long output that stay in sight: how it ended
local WIDE = 86 -- columns of output that fit the page in the size of code
local WIDEST = 101 -- and in that of wide output; what is longer is broken

--- The class of a <pre>: lanes of the explorer keep their lines, however long.
local function output_class(text, widest)
  if widest > WIDEST and not text:find('│', 1, true) then
    return 'code wide long'
  end
  return widest > WIDE and 'code wide' or 'code'
end

local function check_capture(capture, status)
  if capture.exit ~= status then
    captures.refuse(capture, ('ended with status %d, the chapter says %d: mend '
      .. 'the program, or write exit=%d if the text agrees. It begins: %s')
      :format(capture.exit, status, capture.exit,
              capture.text:match('[^\n]*')))
  end
  captures.check(capture)
end

--- What a reader types, and how it ended; the report of a sanitizer is a part
--- of what was printed, and how that run ended does not matter.
local function prompt(command, capture)
  local shown, ended = './workbook ' .. capture.command,
    ('\n<p class="status">exit status <b>%d</b></p>'):format(capture.exit)
  if command[1] == 'sanitize' then
    local args = table.concat(command, ' '):match('%-%- (.*)$')
    shown = ('gcc -g -fsanitize=thread ... %s.c ... && ./a.out%s')
      :format(command[2], args and ' ' .. args or '')
    ended = ''
  end
  return ('<span class="prompt">$ %s</span>\n'):format(book.escape(shown)),
         ended
end

function handlers.output(args, at, caption)
  local command, status = output_words(args, at)
  local capture = command and captures.read(page, command, at)
  if not capture then
    return nil
  end
  check_capture(capture, status)
  local typed, ended = prompt(command, capture)
  local widest, lines = 0, { typed }
  for line in capture.text:gmatch('[^\n]*\n?') do
    lines[#lines + 1] = line ~= '' and book.escape(line) or nil
    widest = math.max(widest, book.width(line))
  end
  local body = fold.pre(output_class(capture.text, widest), lines, LAST)
    .. ended
  local stamp = ('<span title="hash of the sources this was captured from">'
    .. 'captured from sources %s</span>'):format(capture.sources:sub(1, 10))
  return figure('output', caption, stamp, body)
end

function handlers.figure(args, at, caption)
  local html = schedules.figure(page, args, at, caption)
  page.drawn = 'drawn-' .. at.line -- what stands there for a game, on paper
  return html and html:gsub('<figure ', '%0id="' .. page.drawn .. '" ', 1)
end

function handlers.lanes(args, at, caption)
  return lanes.html(page, args, at, caption)
end

function handlers.costs(args, at, caption)
  return costs.html(args, at, caption)
end

function handlers.proof(args, at)
  return proofs.proof(page, args, at)
end

function handlers.evidence(args, at)
  return proofs.evidence(page, args, at)
end

function handlers.runs(args, at, caption)
  return runs.figure(page, args, at, caption)
end

function handlers.play(args, at)
  page.plays = true
  return schedules.play(page, args, at)
end

local PARTS = { 'Part I: The thirteen items', 'Part II: The field guide',
                'Part III: Past the material', 'Appendices' }

function handlers.contents()
  local out, part = {}, nil
  for _, p in ipairs(book.pages) do
    local _, its, number = book.kicker(p.id)
    if its and its ~= part then
      out[#out + 1] = (part and '</ol>\n' or '')
        .. ('<h3 class="part">%s</h3>\n<ol class="chapters"%s>')
        :format(PARTS[its], its == 4 and ' type="A"' or '')
      part = its
    end
    if its then
      out[#out + 1] = ('<li value="%d"><a href="%s">%s</a></li>')
        :format(number, p.url, book.escape(titles[p.id]))
    end
  end
  if part then
    out[#out + 1] = '</ol>'
  end
  return table.concat(out, '\n')
end

function handlers.shown(args, at)
  return verdicts.shown(args[1], at, titles, api)
end

-- Finding them -------------------------------------------------------------

--- name and arguments of a comment, if it is a directive.
local function directive(text, at)
  local comment = text:match('^%s*<!%-%-%s*(.-)%s*%-%->%s*$')
  if not comment then
    return nil
  end
  local name, rest = comment:match('^(%l+):%s*(.*)$')
  name = name or comment:match('^contents$')
  if name and handlers[name] then
    return name, words(rest or '')
  end
  if name == 'also' and page.id == 'glossary' then
    return nil -- other forms of a term, for glossary.lua
  end
  local first = comment:match('^(%l+)')
  if name or handlers[first] then
    book.fault(at.file, at.line, ('"%s" is no directive: write "listing:", '
      .. '"diff:", "output:", "figure:", "lanes:", "costs:", "proof:", '
      .. '"evidence:", "runs:", "play:" or "shown:"'):format(comment))
  end
  return nil
end

--- Take a lone link above the directive off the list; its words as HTML.
local function take_caption(out)
  local b = out[#out] and book.bare(out[#out])
  if b and (b.t == 'Para' or b.t == 'Plain') and #b.content == 1 and
     b.content[1].t == 'Link' then
    out:remove(#out)
    local only = pandoc.Pandoc { pandoc.Plain(b.content[1].content) }
    local html = pandoc.write(only, 'html')
    return (html:gsub('</?span[^>]*>', ''):gsub('\n', ' '):gsub(' +$', ''))
  end
end

--- What a reader types after ./workbook for the words of an output.
local function command_line(args)
  local out = { args[1], page.id:sub(1, 2) }
  for i = 2, #args do
    out[#out + 1] = not args[i]:match('^exit=') and args[i] or nil
  end
  return table.concat(out, ' ')
end

--- Take a fence that shows only the command of an output off the list.
local function take_fence(out, args)
  local b = out[#out]
  if not b or b.t ~= 'CodeBlock' then
    return
  end
  local shown = words(b.text)
  if table.concat(shown, ' ') == '$ ./workbook ' .. command_line(args) then
    out:remove(#out)
  end
end

--- A filter for lists of blocks read with +sourcepos.
function directives.weaver(its_page, its_api, its_titles, its_fact)
  page, api, titles, fact = its_page, its_api, its_titles, its_fact
  return function(blocks)
    local out = pandoc.List {}
    for _, block in ipairs(blocks) do
      local b = book.bare(block)
      local at = { file = page.file, line = book.position(block) }
      local name, args
      if block.t == 'Div' and b.t == 'RawBlock' then
        name, args = directive(b.text, at)
      end
      if not name then
        out:insert(block)
      else
        if name == 'output' then
          take_fence(out, args)
        end
        local html = handlers[name](args, at, take_caption(out))
        if html then
          out:insert(pandoc.RawBlock('html', html))
        end
      end
    end
    return out
  end
end

return directives
