import { useState } from 'react';
import { Button } from '@backstage/ui';
import { Card } from '../../components/Card';
import { usePages } from '../../context';
import { DecommissionDialog } from './DecommissionDialog';
import { DeleteDialog } from './DeleteDialog';
import { DescribeDialog } from './DescribeDialog';
import { LifeDialog } from './LifeDialog';
import { offered, type ProductData, type Verb } from './offered';

export interface ProductActsProps {
  data: ProductData;
  onDone: (told: string) => void;
}

/** What an administrator can do to a product, each asked about before it is done. */
export function ProductActs({ data, onDone }: ProductActsProps) {
  const { t } = usePages();
  const [open, setOpen] = useState<Verb | null>(null);
  const act = { data, onDone, onClose: () => setOpen(null) };
  return (
    <Card title={t('product.do')} className="fa-no-print">
      <div className="fa-acts">
        {offered(data.product).map(verb => (
          <Button
            key={verb}
            size="small"
            variant="secondary"
            destructive={verb === 'delete'}
            onPress={() => setOpen(verb)}
          >
            {t(`product.do.${verb}`)}
          </Button>
        ))}
      </div>
      {(open === 'activate' || open === 'deactivate' || open === 'release') && <LifeDialog {...act} verb={open} />}
      {open === 'decommission' && <DecommissionDialog {...act} />}
      {(open === 'rename' || open === 'move') && <DescribeDialog {...act} verb={open} />}
      {open === 'delete' && <DeleteDialog {...act} onInstead={() => setOpen('deactivate')} />}
    </Card>
  );
}
