-- Every question of a quiz is answered.
--
-- Under a heading "Quiz" or "Questions" each paragraph asks a question and is
-- followed by <details>…</details>; or each item of a list does both.

local book = require 'book'
local quiz = {}

local function opens_answer(block)
  local b = book.bare(block)
  return b.t == 'RawBlock' and b.text:match('^<details') ~= nil
end

local function closes_answer(block)
  local b = book.bare(block)
  return b.t == 'RawBlock' and b.text:match('</details>') ~= nil
end

local UNANSWERED = 'a question without an answer: put "<details><summary>'
  .. 'Answer</summary>", a blank line, the answer, a blank line and '
  .. '"</details>" under it'

local function item_answers(item)
  for _, block in ipairs(item) do
    if opens_answer(block) then
      return true
    end
  end
  return false
end

--- A list of questions if any item has an answer; then all must. Otherwise
--- the choices that belong to a question.
local function check_list(list, file, line)
  local answered = 0
  for _, item in ipairs(list.content) do
    answered = answered + (item_answers(item) and 1 or 0)
  end
  if answered > 0 and answered < #list.content then
    for _, item in ipairs(list.content) do
      if not item_answers(item) then
        book.fault(file, item[1] and book.position(item[1]) or line, UNANSWERED)
      end
    end
  end
  return answered > 0
end

--- Walk through blocks first..last of a quiz whose heading is at line.
local function check_section(blocks, first, last, file, line)
  local pending, inside, filled, questions = nil, nil, false, 0
  for i = first, last do
    local block = blocks[i]
    local b, here = book.bare(block), book.position(block)
    if inside then
      if closes_answer(block) then
        if not filled then
          book.fault(file, inside, 'an empty answer: write it between '
            .. '<details> and </details>, with blank lines around it')
        end
        inside = nil
      else
        filled = true
      end
    elseif opens_answer(block) then
      if not pending then
        book.fault(file, here, 'an answer without a question: put the '
          .. 'question in a paragraph before <details>')
      end
      pending, inside, filled = nil, here, false
      if closes_answer(block) then
        inside = nil
      end
    elseif b.t == 'OrderedList' or b.t == 'BulletList' then
      if check_list(b, file, here) then
        questions = questions + 1
      elseif not pending then
        book.fault(file, here, UNANSWERED)
      end
    elseif b.t == 'Para' or b.t == 'Plain' then
      if pending then
        book.fault(file, pending, UNANSWERED)
      end
      pending, questions = here, questions + 1
    end
  end
  if inside then
    book.fault(file, inside, 'an answer that never ends: add "</details>" on '
      .. 'a line of its own after a blank line')
  elseif pending then
    book.fault(file, pending, UNANSWERED)
  end
  if questions == 0 then
    book.fault(file, line, 'a quiz without questions: write one, or take the '
      .. 'heading out')
  end
end

local function is_quiz(block)
  if block.t ~= 'Header' then
    return false
  end
  local title = pandoc.utils.stringify(block.content):lower()
  return title == 'quiz' or title == 'questions'
end

--- Check the quizzes among the blocks of a file read with +sourcepos.
function quiz.check(blocks, file)
  for i, block in ipairs(blocks) do
    if is_quiz(block) then
      local last = i
      while blocks[last + 1] and blocks[last + 1].t ~= 'Header' do
        last = last + 1
      end
      local nested = blocks[last + 1] and is_quiz(blocks[last + 1])
      if not nested then
        check_section(blocks, i + 1, last, file, book.position(block))
      end
    end
  end
end

return quiz
