"""The shapes of a receipt's lines, and the words that stand on most of them."""

from __future__ import annotations

__all__ = ["JOINING", "LINES", "SHAPES", "SLOTS"]

# A line by its weight; ``{name}`` is one of SLOTS or of SHAPES, or composed, 9 any digit, a any capital, and 1 a digit
# but zero. Others stand for themselves.
LINES = """
14 {amount}
5 {money}
4 {currency}
3 {quantity}
3 1
2 1 X
1 1 X {amount}
2 {quantity} {unit}
1 {amount} {tax}
1 {amount} {tax_mark}
3 {tax_mark}
2 {percent}
8 {label}
4 {label}:
3 {label} :
2 : {money}
4 {label} {money}
3 {label}: {amount}
3 {label} : {quantity}
1 ({currency})
2 {label} ({currency})
1 {label}({currency})
2 {tax} @ {percent}
1 {tax_mark} @ {percent}
1 {tax_mark}={tax} {percent}:
1 {label} ({adjective} {tax})
2 {label} ({adjective} {tax}):
1 {label} {adjective} {tax} {percent}
1 {label} {adjective} {tax} @ {percent}: {amount}
3 {date}
3 {date} {time}
2 : {date} {time}
2 {time}
3 DATE: {date}
2 DATE : {date}
1 DATE/TIME : {date} {time}
1 TIME: {time}
1 {date} {time} {label}
4 {number_of} : {code}
4 {number_of}: {code}
2 {number_of} {code}
3 {code}
2 : {code}
1 #{code}
3 {tax} {tax_number} {long_code}
1 {tax} {tax_number}: {long_code}
1 ({tax} {tax_number} :{long_code})
1 ({tax} {tax_number}. {long_code})
2 ({register})
2 CO. NO.: {register}
1 REG NO: {register}
3 TEL: {telephone}
2 TEL : {telephone}
1 TEL/FAX: {telephone}
1 FAX: {telephone}
2 {telephone}
1 TEL: {telephone} FAX: {telephone}
3 {person} : {name}
2 {person}: {name}
1 {person} {initials} - {name}
2 {name}
1 : {name}
1 {person} : aa999
5 {company}
2 {company} ({register})
1 {words}
4 {item}
3 {item} {size}
2 {item} {size} {amount}
1 {item} X1 {amount}
1 {item} 1 X {amount}
1 {item} - {size}
1 {ean}
1 {ean} {item}
1 1 {ean}
1 * {item}
1 - {item}
6 {address}
3 {postcode} {town}, {region}
2 {postcode} {town}.
1 {town}, {region}.
5 {courtesy}
2 *** {courtesy} ***
1 ** {courtesy} **
1 {stars}
1 - {stars}9999
1 {stars} 9999
1 XXXXXXXXXXXX9999
1 {dashes}
1 {label} {dashes}
2 WWW.{site}.COM
1 WWW.{site}.COM.aa
1 {site}@{site}.COM
2 {sentence}
1 {sentence}.
"""
SLOTS = {
    "currency": "RM:8 $:3 USD:1 MYR:1 EUR:1 £:1 €:1 SGD:1 GBP:1 RS.:1 ₹:1",
    "label": "TOTAL:12 SUBTOTAL:4 SUB_TOTAL:4 CASH:6 CHANGE:6 TAX_INVOICE:5 AMOUNT:4 QTY:5 PRICE:3 U._PRICE:2 DISC:3 "
    "DISCOUNT:3 ROUNDING:3 ROUNDING_ADJ:2 ROUNDING_ADJUSTMENT:1 TOTAL_SALES:2 NET_TOTAL:2 GRAND_TOTAL:2 ITEM:3 "
    "ITEM(S):1 DESCRIPTION:2 DESC:1 CODE:2 UOM:1 BALANCE:2 TENDERED:2 PAID:2 AMOUNT_DUE:2 RECEIPT:2 INVOICE:2 BILL:1 "
    "TABLE:2 PAX:1 VISA:1 MASTERCARD:1 CREDIT_CARD:1 DEBIT:1 TOTAL_QTY:2 TOTAL_QUANTITY:1 NO._OF_ITEMS:1 ITEM_COUNT:1 "
    "TAX:2 TAXABLE:1 SERVICE_CHARGE:1 TOTAL_PAYABLE:1 TOTAL_TAX:1 TAX_SUMMARY:2 GST_SUMMARY:2 SIMPLIFIED_TAX_INVOICE:1 "
    "POINTS:1 MEMBER:1 DEPOSIT:1 REFUND:1 VOUCHER:1 TOTAL_ROUNDED:1 AMOUNT_TO_BE_PAID:1 CASH_RECEIVED:1 TOTAL_AMOUNT:1 "
    "FINAL_TOTAL:1 BALANCE_BEFORE:1 TOTAL_AFTER_DISCOUNT:1 TAKE_AWAY:1 DINE_IN:1 ORDER:1 AMT:1 SHIFT:1",
    "number_of": "RECEIPT_NO:3 INVOICE_NO:4 INVOICE_NO.:2 BILL_NO:3 BILL#:1 DOC_NO.:2 TRANS:1 TRANS_NO:1 REF:1 "
    "ORDER_NO:1 TABLE_NO:1 CB#:1 TERMINAL:1 TILL:1 SLIP_NO:1 MEMBER_ID:1 CARD_NO:1 APPROVAL_CODE:1 SHIFT_ID:1 POS:1 "
    "CASHIER_NO:1 BATCH:1 NO:1 JOB_NO:1 INV:1",
    "person": "CASHIER:5 SALESPERSON:3 OPERATOR:2 USER:2 SERVED_BY:2 CLERK:1 STAFF:1 CUSTOMER:2 ATTN:1 OWNED_BY:1",
    "tax": "GST:6 VAT:2 TAX:3 SST:2",
    "tax_number": "ID:2 NO:3 REG_NO:2 ID_NO:2 REG._NO:1 NO.:1",
    "tax_mark": "SR:5 ZR:2 ZRL:1 ES:1 *S:2 S:1 T:1 Z:1 SR-S:1",
    "adjective": "INCLUSIVE_OF:2 EXCLUDING:2 INCL:2 EXCL:1 INCL.:1 EXCLUSIVE_OF:1 INCLUSIVE:2 EXCLUDED:1 WITH:1",
    "unit": "PCS:3 PC:2 UNIT:2 KG:1 G:1 ML:1 L:1 EA:1 BOX:1 SET:1 @:1",
    "street": "JALAN:4 ROAD:2 STREET:2 LORONG:1 AVENUE:1 PERSIARAN:1 LANE:1 TAMAN:1",
    "place": "TAMAN:2 BANDAR:2 KAMPUNG:1 PUSAT:1 PLAZA:1 CENTRE:1 PARK:1 MALL:1 SEKSYEN:1",
    "firm": "SDN_BHD:5 SDN._BHD.:2 LTD:2 LTD.:1 (M)_SDN_BHD:2 ENTERPRISE:2 TRADING:2 INC.:1 &_SONS:1 CO.:1 S/B:1 "
    "STORE:1 RESTAURANT:2 MART:1 SUPPLY:1 STATIONERY:1 CAFE:1 HARDWARE:1",
    "courtesy": "THANK_YOU:5 THANK_YOU._PLEASE_COME_AGAIN:2 PLEASE_COME_AGAIN:3 PLEASE_COME_AGAIN.:1 THANK_YOU!:1 "
    "HAVE_A_NICE_DAY:1 TERIMA_KASIH:2 SILA_DATANG_LAGI:1 THANK_YOU_FOR_YOUR_VISIT:1 WELCOME:1 CUSTOMER_COPY:1 "
    "NO_REFUND_WITHOUT_RECEIPT:1 GOODS_SOLD_ARE_NOT_RETURNABLE:1 THANK_YOU_FOR_SHOPPING_WITH_US:1 DUPLICATE:1",
}
# Codes and the like, each as likely as the others; between them stands |.
SHAPES = {
    "code": "99999999|999999|aa999999|a999-999999|aa9999|a99-99/999999|9999-99999|aaa 9999 9999|9/9999|99-9999-999999|"
    "aa9-999999|9999999999|a9a9a9|999|99|000999999|a999- 999999",
    "long_code": "999999999999|999999999999|999999999999|99-9999999",
    "register": "999999-a|1999999-a|99999-a|a99999999|999999999999",
    "telephone": "09-9999 9999|09-99999999|099-999 9999|099-9999999|+99 9 9999 9999|(09) 9999-9999|999-999-9999|"
    "1-999-99-9999|+999-99999999|09 9999 9999",
    "ean": "9999999999999|99999999|9999999|999999",
    "postcode": "99999|99999|99999|999999|a9 9aa",
    "size": "1KG|999G|999ML|1.9L|9S|1X9|19MM|A4|1'S|9CM|(L)|(M)|99PCS|1.9M X 9",
    "initials": "aaa|aa",
    "house": "NO. 9|NO.19|NO 1-a|LOT 199|LOT 1999-a & 1999-a|a-19|19|19-a|NO. 19a&19a|UNIT 9-9|BLOCK a|1,9 & 9",
    "house_end": "|| 9| 9/9a| a9/9| 9/9| a 9",
}
# Words that join others in the small print at a receipt's foot.
JOINING = "THE A OF AND IN IS ARE BE WITH FOR YOUR OUR TO NOT ALL ANY ON AT WITHIN NO IF BY THIS"
