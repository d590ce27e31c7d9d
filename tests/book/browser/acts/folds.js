// page: 08_thread_pool.html
// A link to a line opens the fold in which the line is; on paper nothing is
// folded, and afterwards all is as it was.
const line = document.getElementById('pool.c-taken-again');
const fold = line.closest('details');
if (!fold || fold.open) throw new Error('the line is not folded');
if (line.checkVisibility()) throw new Error('what is folded is seen');
window.dispatchEvent(new Event('beforeprint'));
if (!fold.open) throw new Error('it is folded on paper');
window.dispatchEvent(new Event('afterprint'));
if (fold.open) throw new Error('printing left it open');
document.querySelector('main a[href="#pool.c-taken-again"]').click();
await new Promise((done) => setTimeout(done));
if (!fold.open || !line.checkVisibility())
  throw new Error('the link does not open the fold');
// An address that somebody has cut off leads nowhere, and breaks nothing.
const broken = new Promise((told) => window.addEventListener('error', told));
window.location.hash = '#50%';
const fault = await Promise.race([broken,
  new Promise((done) => setTimeout(done, 0, null))]);
if (fault) throw new Error('a malformed address: ' + fault.message);
