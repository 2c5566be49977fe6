/**
 * Replaces each text with an element, as a translator in the browser does. Runs in the page, at once or when the
 * document has been parsed.
 */
export function translate(): void {
  const replaceTexts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      const isShown = !['SCRIPT', 'STYLE', 'TEMPLATE'].includes(text.parentElement?.nodeName ?? '');
      if (isShown && text.data.trim() !== '') texts.push(text);
    }
    for (const text of texts) {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = text.data;
      outer.append(inner);
      text.replaceWith(outer);
    }
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', replaceTexts);
  else replaceTexts();
}
