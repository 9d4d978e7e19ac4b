// Whether the kernel behind a card is still there.

/**
 * Call `lost` once the kernel has ended; `gone` says whether it has, `end` stops listening.
 * @template {Record<string, any>} Traits
 * @param {import("@anywidget/types").RenderProps<Traits>} props
 * @param {() => void} lost
 */
export function watchKernel({ model, el }, lost) {
  let over = false;
  const ended = () => {
    over = true;
    lost();
  };
  // The widgets' own mark follows this event, but anywidget's views don't always get that mark.
  model.on("comm_live_update", ended);
  return {
    gone: () => over || el.closest(".jupyter-widgets-disconnected") !== null,
    end: () => model.off("comm_live_update", ended),
  };
}
