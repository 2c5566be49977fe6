export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
/** WCAG 2.2, 1.4.10: 1280 pixels enlarged to 400 %. */
export const NARROWEST = { width: 320, height: 640 };
