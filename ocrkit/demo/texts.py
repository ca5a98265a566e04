"""Lines that the demonstration draws, written for it, and so in nobody's training text."""

from __future__ import annotations

__all__ = ["ENGLISH", "MALAYALAM"]

MALAYALAM = (
    "മഴ തോർന്നപ്പോൾ കുട്ടികൾ മുറ്റത്തിറങ്ങി.",
    "പഴയ പുസ്തകങ്ങൾ അലമാരയിൽ ഉറങ്ങുന്നു.",
    "കടൽത്തീരത്തെ വിളക്കുമാടം ദൂരെ നിന്നു കാണാം.",
    "അച്ചടിശാലയിൽ പുതിയ അക്ഷരങ്ങൾ വന്നു.",
    "ഗ്രന്ഥശാല രാവിലെ ഒമ്പതിനു തുറക്കും.",
    "നദിയുടെ അക്കരെ നെൽവയലുകൾ പരന്നുകിടക്കുന്നു.",
    "അമ്മൂമ്മ പറഞ്ഞ കഥകൾ ഞാൻ മറന്നിട്ടില്ല.",
    "വർത്തമാനപത്രം വായിച്ച് അവൻ ചിരിച്ചു.",
    "തീവണ്ടി വൈകിയതുകൊണ്ട് ഞങ്ങൾ കാത്തിരുന്നു.",
    "കൃഷിക്കാർ വിത്തു വിതയ്ക്കാൻ തുടങ്ങി.",
    "ഈ ചിത്രം വരച്ചത് എന്റെ സുഹൃത്താണ്.",
    "സന്ധ്യയ്ക്ക് അമ്പലത്തിൽ ദീപം തെളിഞ്ഞു.",
    "ശാസ്ത്രജ്ഞർ നക്ഷത്രങ്ങളെ നിരീക്ഷിച്ചു.",
    "വഞ്ചിക്കാരൻ പാട്ടുപാടി തുഴയെറിഞ്ഞു.",
    "ആ കത്തിന്റെ മറുപടി ഇന്നലെ കിട്ടി.",
    "ഉത്സവത്തിനു പത്ത് ആനകൾ ഉണ്ടായിരുന്നു.",
)
ENGLISH = (
    "The lamp above the door had burned all night.",
    "A letter came by the morning post.",
    "Nobody remembered who had planted the elms.",
    "She kept the ledgers in a painted chest.",
    "Rain fell on the slates of the mill.",
    "They crossed the river before the bridge was built.",
    "The printer set each line with care.",
    "Two clerks copied the register by hand.",
    "Snow lay in the furrows until April.",
    "An old map showed a road that nobody used.",
    "The ferry left without its captain.",
    "Bread was dear that winter, and coal dearer.",
    "He wound the clock and went upstairs.",
    "The quarry had been silent for years.",
    "Every page smelled of smoke and dust.",
    "Gulls followed the plough across the hill.",
)
