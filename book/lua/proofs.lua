-- What was proved, and how far: the badges under a pair of programs. They come
-- from the explorer's reports, from a run under ThreadSanitizer, and from the
-- test of the difference; no word of them is typed in a chapter.

local book = require 'book'
local captures = require 'captures'
local grouped = require('chart').grouped
local schedules = require 'schedules'
local proofs = {}

-- How far the explorer came -------------------------------------------------

local function interleavings(n)
  return grouped(n) .. (n == 1 and ' interleaving' or ' interleavings')
end

--- The values of a key in a list, each once, with commas between.
local function distinct(list, key)
  local seen, out = {}, {}
  for _, item in ipairs(list) do
    if not seen[item[key]] then
      seen[item[key]] = true
      out[#out + 1] = item[key]
    end
  end
  return table.concat(out, ', ')
end

--- What was proved of a program, and how far: words of its report.
local function reach(report)
  if #report.failures > 0 then
    return ('fails in %s of %s%s: %s'):format(grouped(report.failing),
      interleavings(report.traces),
      report.exhaustive and '' or ' looked at',
      distinct(report.failures, 'verdict'))
  elseif report.exhaustive then
    return (report.traces == 1 and 'the only interleaving' or 'all '
            .. interleavings(report.traces)) .. ' clean'
  end
  return ('no failure in %s; NOT exhaustive'):format(
    interleavings(report.traces + (report.samples or 0)))
end

--- Does the report say what the program's name promises?
local function contradicts(program, report)
  if program == 'bad' and #report.failures == 0 then
    return 'did not fail, so it is no bad program: mend it, or the options'
  elseif program == 'good' and #report.failures > 0 then
    return 'fails (' .. distinct(report.failures, 'verdict') .. '), so it is '
      .. 'no good program: mend it'
  end
end

-- What ThreadSanitizer said -------------------------------------------------

--- Words of one run under ThreadSanitizer, of a program that fails or not.
local function watched(run, fails)
  if not run.ran then
    return 'ThreadSanitizer not asked: ' .. run.why
  elseif #run.reports > 0 then
    return 'ThreadSanitizer: ' .. distinct(run.reports, 'kind')
  elseif not run.ended then
    return ('ThreadSanitizer silent: the run did not end in %d s')
      :format(run.seconds)
  end
  return fails and 'ThreadSanitizer silent' or 'ThreadSanitizer clean'
end

--- Why a program that the explorer finds clean may not have run like that.
local function contradicts_run(run)
  if not run.ran then
    return nil
  elseif #run.reports > 0 then
    local first = run.reports[1]
    return ('under ThreadSanitizer reports a %s at %s, where the explorer '
      .. 'finds none: mend the program'):format(first.kind,
      first.where ~= '' and first.where or 'an unknown place')
  elseif not run.ended then
    return ('under ThreadSanitizer did not end in %d s: mend the program')
      :format(run.seconds)
  elseif run.status ~= 0 then
    return ('under ThreadSanitizer ended with status %d: mend the program')
      :format(run.status)
  end
end

--- The words that stand for the program's arguments: those after "--".
local function arguments(options)
  for i, word in ipairs(options) do
    if word == '--' then
      return table.concat(options, ' ', i + 1)
    end
  end
  return ''
end

--- A program's run under ThreadSanitizer; nil after a fault.
local function sanitized(page, program, options, fails, at)
  local command = { 'tsan', program }
  table.move(options, 1, #options, #command + 1, command)
  local run, capture = captures.json(page, command, at)
  if not run then
    return nil
  end
  capture.command = ('run %s %s %s'):format(page.id:sub(1, 2), program,
    arguments(options)):gsub(' $', '')
  local wrong = not fails and contradicts_run(run)
  if wrong then
    captures.refuse(capture, wrong)
  end
  return run
end

-- The badges ----------------------------------------------------------------

local function item(tone, program, words)
  return ('<li class="%s"><code>%s.c</code> <b>%s</b></li>'):format(tone,
    program, book.escape(words))
end

--- One badge, and the run that ThreadSanitizer watched.
local function badge(page, program, options, at)
  local report, capture =
    captures.report(page, schedules.command(program, { '--all' }, options), at)
  if not report then
    return ''
  end
  local wrong = contradicts(program, report)
  if wrong then
    captures.refuse(capture, wrong)
  end
  local fails = #report.failures > 0
  local run = sanitized(page, program, options, fails, at)
  local words = reach(report) .. (not run and '' or (fails and '; ' or ', ')
                                  .. watched(run, fails))
  return item(fails and 'bad' or 'good', program, words), run
end

local PROOF = 'write "<!-- proof: bad good -->", then options of the '
  .. 'explorer; each is a program of the chapter'

--- How the badges came to be, for those who want to see it themselves.
local function told(page, program, options, run)
  local command = { 'explore', page.id:sub(1, 2), program, '--all' }
  table.move(options, 1, #options, #command + 1, command)
  local out = ('<p>Every interleaving is run: <code>./workbook %s</code>.')
    :format(book.escape(table.concat(command, ' ')))
  if run and run.ran then
    out = out .. (' ThreadSanitizer (%s) has watched one run of each on real '
      .. 'threads, and knows of no other.'):format(run.compiler)
  end
  return out .. '</p>'
end

--- <!-- proof: bad good -- 2 1 -->
function proofs.proof(page, args, at)
  local programs, options = schedules.split(args)
  local out, run = {}, nil
  if #programs == 0 then
    book.fault(at.file, at.line, PROOF)
  end
  for i, program in ipairs(programs) do
    if not schedules.has_source(page, program, at, PROOF) then
      return nil
    end
    local watched_run
    out[i], watched_run = badge(page, program, options, at)
    run = run or watched_run
  end
  return ('<div class="proof">\n<ul>\n%s\n</ul>\n%s\n</div>'):format(
    table.concat(out, '\n'), told(page, programs[1], options, run))
end

-- The test of the difference ------------------------------------------------

local KINDS = {
  explored = 'by running every interleaving',
  witnessed = 'by a gate that opens when all have come',
  counted = 'by counting',
  inspected = 'by asking the kernel what each waits for',
  ['virtual-time'] = 'in virtual time', sanitized = 'by ThreadSanitizer'
}

local EVIDENCE = 'write "<!-- evidence: KIND... -->"; the kinds are explored, '
  .. 'witnessed, counted, inspected, virtual-time, sanitized'

--- "by counting and in virtual time"; nil after a fault.
local function kinds(args, at)
  local out = {}
  for i, word in ipairs(args) do
    out[i] = KINDS[word]
    if not out[i] then
      out = {}
      break
    end
  end
  if #out == 0 then
    book.fault(at.file, at.line, EVIDENCE)
    return nil
  end
  local last = table.remove(out)
  return #out > 0 and table.concat(out, ', ') .. ' and ' .. last or last
end

--- A test as a badge: "bad_has_a_thread_for_each_order" is a sentence.
local function sentence(test)
  local program, rest = test.name:match('^(%l+)_(.*)$')
  local words = test.name:gsub('_', ' ')
  local skipped = test.result == 'skipped' and ': not tried on this system'
                  or ''
  if program == 'bad' or program == 'good' then
    return item(program, program, rest:gsub('_', ' ') .. skipped)
  end
  return ('<li><b>%s</b></li>'):format(book.escape(words .. skipped))
end

local function count_passed(tests)
  local passed = 0
  for _, test in ipairs(tests) do
    passed = passed + (test.result == 'passed' and 1 or 0)
  end
  return passed
end

--- Why the test shows nothing.
local function shows_nothing(run)
  for _, test in ipairs(run.tests) do
    if test.result == 'failed' then
      return ('fails in test_%s, so the chapter shows no difference: mend the '
        .. 'programs, or the test'):format(test.name)
    end
  end
  if run.status ~= 0 or count_passed(run.tests) == 0 then
    return ('ended with status %d, and %d tests have passed: see what it says')
      :format(run.status, count_passed(run.tests))
  end
end

--- <!-- evidence: counted witnessed -->
function proofs.evidence(page, args, at)
  local how = kinds(args, at)
  local run, capture = nil, nil
  if how then
    run, capture = captures.json(page, { 'difference' }, at)
  end
  if not run then
    return nil
  end
  local command = 'test -R ' .. page.id .. '.difference'
  capture.command = command
  local wrong = shows_nothing(run)
  if wrong then
    captures.refuse(capture, wrong)
    return nil
  end
  local out = {}
  for i, test in ipairs(run.tests) do
    out[i] = sentence(test)
  end
  return ('<div class="proof">\n<ul class="tests">\n%s\n</ul>\n<p>Shown %s; %d '
    .. 'of %d tests passed: <code>./workbook %s</code></p>\n</div>'):format(
    table.concat(out, '\n'), how, count_passed(run.tests), #out, command)
end

return proofs
