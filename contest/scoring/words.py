"""The text of a rulebook where nobody wrote another yet: what every contest must say, to be completed by its organiser."""

ZH = """一、谁可以参赛。本省的村里团队，由县级审核、省级批准后参赛；至少有十户经核实的农户。
二、什么时候算数。开赛到截止之间下单、冻结之前付清的购买计入成绩；截止之后只结算退款。时间都是上海时间：截止时刻以前下的单算数，到了截止时刻就不算。
三、看什么。公益性、众筹金额、众筹人次、资源动员能力、普及率五项，权重和基准写在本页的参数里，开赛之前冻结，之后不改。
四、不计什么。捐赠不计；团队自己人、其家庭和关联方的购买不计；核查认定的刷单、刷赞不计。商品照发，钱照付，只是不计分。
五、怎样评审。评委须申报利害关系并回避；评分表密封，到期一起打开；五份以上去掉最高最低，三四份取中位数，不足三份不出分。
六、何时公布。进行中只公布金额和按日的人数；初步结果公示期内可以提出异议，答复后成为最终结果。
七、同分怎么排。依参数里写明的次序逐条比较公布的数，最后抽签，种子公开。
八、退款与复核。冻结之后的退款照退，另列在成绩旁边；达到参数里的比例时复核，结果有变则公布新版，旧版仍可查。
九、申诉。对核查决定和资格处理，可在参数写明的天数内申诉。"""
EN = """1. Who may enter. Village teams of the province, checked by their county and approved by the province, with ten verified households or more.
2. What counts, and when. Purchases placed between the opening and the close, and paid before the freeze. After the close only refunds settle. All times are Shanghai's: what is placed before the moment of the close counts, what is placed at it does not.
3. What is looked at. Public welfare, amount raised, person-times, resource mobilisation and the popularity rate. Weights and references stand in the parameters on this page; they are frozen before the round opens and stay.
4. What does not count. Donations; what the team's own people, their families and related parties buy; orders and likes that were found to be made up. Goods are sent and money is paid all the same, only the score leaves them out.
5. How it is judged. Judges declare their interests and stand aside; sheets are sealed and opened together. From five sheets on the extremes are left out, three or four give their median, fewer give no result.
6. When it is told. While the round runs, amounts and counts by day. The provisional result is open to objections; once they are answered it is final.
7. Equal totals are parted by the rules in the parameters, one after the other, on published figures; last comes a draw with a published seed.
8. Refunds after the freeze are paid and stand beside the result. Where they reach the share in the parameters it is examined again; a new version says why, and the old one stays readable.
9. Appeals against findings and exclusions are heard within the days that the parameters name."""
