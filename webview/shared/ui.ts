/** The controls of all pages, and the only file that names the toolkit's elements. */

import '@vscode/webview-ui-toolkit';
import { el } from './dom.ts';

// What the pages use of the toolkit's classes; its own types would pull a framework in.
type ToolkitButton = HTMLElement & { disabled: boolean };
type ToolkitDropdown = HTMLElement & { value: string; disabled: boolean };
type ToolkitTextArea = HTMLElement & { value: string; disabled: boolean };
type ToolkitTextField = HTMLElement & { value: string };
type ToolkitCheckbox = HTMLElement & { checked: boolean; disabled: boolean };

export interface Button {
  readonly element: HTMLElement;
  enable(isEnabled: boolean): void;
}

export function button(label: string, onPress: () => void, options: { readonly primary?: boolean; readonly help?: string } = {}): Button {
  const element = document.createElement('vscode-button') as ToolkitButton;
  element.setAttribute('appearance', options.primary ? 'primary' : 'secondary');
  if (options.help) element.title = options.help;
  element.textContent = label;
  element.addEventListener('click', () => {
    if (!element.disabled) onPress();
  });
  return { element, enable: (isEnabled) => void (element.disabled = !isEnabled) };
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface Dropdown {
  readonly element: HTMLElement;
  readonly value: string;
  set(options: readonly Option[], value: string): void;
  enable(isEnabled: boolean): void;
}

export function dropdown(label: string, onChange: (value: string) => void): Dropdown {
  const element = document.createElement('vscode-dropdown') as ToolkitDropdown;
  element.setAttribute('aria-label', label);
  element.classList.add('wide');
  element.addEventListener('change', () => onChange(element.value));
  let shown = '';
  return {
    element: el('div', { class: 'field' }, el('span', { 'aria-hidden': 'true' }, label), element),
    get value() {
      return element.value;
    },
    set: (options, value) => {
      const key = JSON.stringify(options);
      if (key !== shown) {
        shown = key;
        element.replaceChildren(...options.map(toOption));
      }
      // The element learns of new options a microtask later, and would refuse a value it does not know yet.
      queueMicrotask(() => void (element.value = value));
    },
    enable: (isEnabled) => void (element.disabled = !isEnabled),
  };
}

function toOption({ value, label }: Option): HTMLElement {
  const option = document.createElement('vscode-option');
  option.setAttribute('value', value);
  option.textContent = label;
  return option;
}

export interface TextArea {
  readonly element: HTMLElement;
  value: string;
  focus(): void;
}

export function textArea(label: string, options: { readonly rows: number; readonly placeholder?: string; readonly onInput: () => void }): TextArea {
  const element = document.createElement('vscode-text-area') as ToolkitTextArea;
  element.setAttribute('rows', String(options.rows));
  element.setAttribute('resize', 'vertical');
  if (options.placeholder) element.setAttribute('placeholder', options.placeholder);
  element.textContent = label;
  element.classList.add('wide');
  element.addEventListener('input', options.onInput);
  return {
    element,
    get value() {
      return element.value;
    },
    set value(text: string) {
      element.value = text;
    },
    focus: () => element.focus(),
  };
}

export interface TextField {
  readonly element: HTMLElement;
  value: string;
  focus(): void;
}

/** One line of text. @param onEnter called with Enter, `onInput` with every change */
export function textField(label: string, options: { readonly placeholder: string; readonly onInput?: () => void; readonly onEnter: () => void }): TextField {
  const element = document.createElement('vscode-text-field') as ToolkitTextField;
  // The element names itself by its content, which the style sheet does not show.
  element.textContent = label;
  element.classList.add('unlabelled');
  element.setAttribute('placeholder', options.placeholder);
  element.addEventListener('input', () => options.onInput?.());
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') options.onEnter();
  });
  return {
    element,
    get value() {
      return element.value;
    },
    set value(text: string) {
      element.value = text;
    },
    focus: () => element.focus(),
  };
}

export interface Checkbox {
  readonly element: HTMLElement;
  readonly checked: boolean;
}

export function checkbox(label: string, help: string): Checkbox {
  const element = document.createElement('vscode-checkbox') as ToolkitCheckbox;
  element.textContent = label;
  element.title = help;
  return {
    element,
    get checked() {
      return element.checked;
    },
  };
}

export function divider(): HTMLElement {
  return document.createElement('vscode-divider');
}

/** Something is happening; the words beside it say what. */
export function progressRing(): HTMLElement {
  const element = document.createElement('vscode-progress-ring');
  element.setAttribute('aria-hidden', 'true');
  element.classList.add('ring');
  return element;
}
