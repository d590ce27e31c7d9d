// page: 03_locks.html
// Answers unfold; on paper they stand at the end, and afterwards all is as it
// was.
const quiz = [...document.querySelectorAll('main details')]
  .filter((d) => d.querySelector('summary').textContent === 'Answer');
if (quiz.length !== 3) throw new Error(quiz.length + ' answers, not 3');
quiz[0].querySelector('summary').click();
if (!quiz[0].open) throw new Error('the answer does not unfold');
const before = document.querySelector('main').innerHTML;
window.dispatchEvent(new Event('beforeprint'));
const end = document.querySelector('section.printed');
if (!end || end.children.length < 4) throw new Error('nothing to print');
if (!quiz[0].hidden) throw new Error('the answer is printed twice');
window.dispatchEvent(new Event('afterprint'));
if (document.querySelector('main').innerHTML !== before)
  throw new Error('printing changed the page');
