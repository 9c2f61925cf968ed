// What makes pages pleasant; every page works without it.
const all = (selector, root = document) => [...root.querySelectorAll(selector)]

// Times in the reader's own zone; what the server wrote stays as the title.
function localTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  for (const time of all('time[datetime]', root)) {
    const at = new Date(time.dateTime)
    if (time.title || isNaN(at)) continue
    time.title = time.textContent
    time.textContent = format.format(at)
  }
}

// A question that is asked in a window instead of on a page of its own.
document.addEventListener('click', event => {
  const opener = event.target.closest('[data-dialog]')
  const dialog = opener && document.getElementById(opener.dataset.dialog)
  if (dialog?.showModal) {
    event.preventDefault()
    if (dialog.open) dialog.close()
    dialog.showModal()
  }
  const closer = event.target.closest('[data-close]')
  if (closer?.closest('dialog')?.matches(':modal')) {
    event.preventDefault()
    closer.closest('dialog').close()
  }
  const copier = event.target.closest('[data-copy]')
  if (copier) {
    navigator.clipboard.writeText(copier.dataset.copy).then(() => { copier.textContent = copier.dataset.done })
  }
  const menu = event.target.closest('.menu')
  for (const open of all('.menu[open]')) if (open !== menu) open.open = false
})

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const open of all('.menu[open]')) {
    open.open = false
    open.querySelector('summary').focus()
  }
})

// A form that is sent twice does its work once anyway; this spares the reader the wait in doubt.
document.addEventListener('submit', event => {
  const button = event.submitter
  if (button && event.target.method === 'post') setTimeout(() => { button.disabled = button.dataset.sent = true }, 0)
})
addEventListener('pageshow', () => { for (const button of all('[data-sent]')) button.disabled = false })

// A choice that is a filter applies itself.
document.addEventListener('change', event => event.target.closest('[data-apply]')?.requestSubmit())

// What runs is looked at again until it stands still.
async function watch() {
  const live = document.querySelector('[data-live]')
  if (!live) return
  await new Promise(done => setTimeout(done, document.hidden ? 10000 : 1500))
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const part of all('[data-part]')) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`)
      if (!fresh) return location.reload()
      if (part.contains(document.activeElement) && part.querySelector('dialog[open]')) continue
      localTimes(fresh)
      if (part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML
      part.toggleAttribute('data-live', fresh.hasAttribute('data-live'))
    }
  } catch {
    // The network is away for a moment; the next look tells.
  }
  watch()
}

// What goes on in parts goes on by itself.
const next = document.querySelector('[data-follow]')?.href
if (next) setTimeout(() => location.replace(next), 300)

localTimes(document)
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
document.querySelector('.problem[tabindex]')?.focus()
watch()
