/* A status region says what comes into it; what a page came to say was there before anybody listened. */

/** Have the banners of the page's status region announced. */
export default function announce({ parentElement: region }) {
  setTimeout(() => {
    if (!region.contains(document.activeElement)) region.append(...region.querySelectorAll(".banner"));
  }, 500);
}
